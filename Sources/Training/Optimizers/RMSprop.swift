import Kernels
public import Tensors

/// RMSprop (Hinton, "Neural networks for machine learning", lecture 6, 2012) as Keras has it:
///
///     v += (1 - rho) (g^2 - v)
///     w -= rate * g / sqrt(v + epsilon)
///
/// With momentum the steps gather in a velocity; centered, the square of the mean gradient is taken off v.
public struct RMSprop: Optimizer {
  public let rho: Float
  public let momentum: Float
  public let epsilon: Float
  public let isCentered: Bool
  public let weightDecay: Float
  /// Whether the decay is taken off the weights, times the rate, instead of being added to the gradient.
  public let isDecoupled: Bool

  public init(
    rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7, isCentered: Bool = false, weightDecay: Float = 0,
    isDecoupled: Bool = false
  ) {
    (self.rho, self.momentum, self.epsilon) = (rho, momentum, epsilon)
    (self.isCentered, self.weightDecay, self.isDecoupled) = (isCentered, weightDecay, isDecoupled)
  }

  /// v, then the velocity, then the mean gradient, those that there are.
  public var slotCount: Int { 1 + (momentum == 0 ? 0 : 1) + (isCentered ? 1 : 0) }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    WeightUpdate.rmsprop(
      weights, gradients: gradients, square: slots[0], velocity: momentum == 0 ? nil : slots[1],
      average: isCentered ? slots.last : nil, rate: rate, rho: rho, momentum: momentum, epsilon: epsilon,
      decay: weightDecay == 0 ? .none : isDecoupled ? .decoupled(weightDecay) : .coupled(weightDecay))
  }
}
