import Kernels
public import Tensors

/// LAMB (You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020). For every
/// parameter of two or more dimensions, with Adam's moments m and v and t counted from 1:
///
///     u = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay * w
///     w -= rate * |w| / |u| * u                                     (the ratio is 1 where a norm is 0)
///
/// Others are moved by Adam without decay.
public struct LAMB: LayerwiseOptimizer {
  public let beta1: Float
  public let beta2: Float
  public let epsilon: Float
  public let weightDecay: Float

  public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-6, weightDecay: Float = 0.01) {
    (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
  }

  public var slotCount: Int { 2 }

  public var vectorOptimizer: any Optimizer { Adam(beta1: beta1, beta2: beta2, epsilon: epsilon) }

  public func direct(_ weights: Buffer, gradients: Buffer, slots: [Buffer], step: Int) {
    WeightUpdate.lambDirection(
      weights, gradients: gradients, mean: slots[0], square: slots[1], beta1: beta1, beta2: beta2, epsilon: epsilon,
      step: step + 1, decay: weightDecay)
  }

  public func trust(weightNorm: Double, directionNorm: Double) -> Double {
    weightNorm > 0 && directionNorm > 0 ? weightNorm / directionNorm : 1
  }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    WeightUpdate.descend(weights, gradients: gradients, rate: rate)
  }
}
