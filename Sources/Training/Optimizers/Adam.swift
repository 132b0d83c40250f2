import Kernels
public import Tensors

/// Adam (Kingma and Ba, 2015) as Keras has it, and AdamW (Loshchilov and Hutter, 2019) with decoupled decay. With t
/// counted from 1:
///
///     m += (1 - beta1) (g - m),  v += (1 - beta2) (g^2 - v)
///     w -= rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)
public struct Adam: Optimizer {
  public let beta1: Float
  public let beta2: Float
  public let epsilon: Float
  public let weightDecay: Float
  /// Whether the decay is taken off the weights (AdamW) instead of being added to the gradient.
  public let isDecoupled: Bool

  public init(
    beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7, weightDecay: Float = 0, isDecoupled: Bool = false
  ) {
    (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
    (self.weightDecay, self.isDecoupled) = (weightDecay, isDecoupled)
  }

  public var slotCount: Int { 2 }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    let decay: WeightDecay = weightDecay == 0 ? .none : isDecoupled ? .decoupled(weightDecay) : .coupled(weightDecay)
    WeightUpdate.adam(
      weights, gradients: gradients, mean: slots[0], square: slots[1], rate: rate, beta1: beta1, beta2: beta2,
      epsilon: epsilon, step: step + 1, decay: decay)
  }
}
