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

  public init(momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0) {
    (self.momentum, self.nesterov, self.weightDecay) = (momentum, nesterov, weightDecay)
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    WeightUpdate.descend(
      weights, gradients: gradients, velocity: slots.first, rate: rate, momentum: momentum, nesterov: nesterov,
      decay: weightDecay == 0 ? .none : .coupled(weightDecay))
  }
}
