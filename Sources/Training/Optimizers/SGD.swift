import Kernels
public import Tensors

/// Stochastic gradient descent with momentum, as Keras has it:
///
///     g += weightDecay * w
///     v = momentum * v - rate * g
///     w += v, with Nesterov w += momentum * v - rate * g
///
/// The decay is PyTorch's: part of the gradient, on every parameter.
public struct SGD: Optimizer {
  public let momentum: Float
  public let nesterov: Bool
  public let weightDecay: Float
  /// Whether the decay is taken off the weights, times the rate, instead of being added to the gradient.
  public let isDecoupled: Bool

  public init(momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0, isDecoupled: Bool = false) {
    (self.momentum, self.nesterov) = (momentum, nesterov)
    (self.weightDecay, self.isDecoupled) = (weightDecay, isDecoupled)
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    WeightUpdate.descend(
      weights, gradients: gradients, velocity: slots.first, rate: rate, momentum: momentum, nesterov: nesterov,
      decay: weightDecay == 0 ? .none : isDecoupled ? .decoupled(weightDecay) : .coupled(weightDecay))
  }
}
