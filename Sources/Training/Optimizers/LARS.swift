public import Tensors

/// Layer-wise adaptive rate scaling (You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017).
/// For every parameter of two or more dimensions, with its gradient g and its weights w:
///
///     trust = coefficient * |w| / (|g| + weightDecay * |w|)         (1 where a norm is 0)
///     v = momentum * v - rate * trust * (g + weightDecay * w)
///     w += v
///
/// Others have trust 1 and no decay.
public struct LARS: LayerwiseOptimizer {
  public let momentum: Float
  public let weightDecay: Float
  public let coefficient: Double

  public init(momentum: Float = 0.9, weightDecay: Float = 0, coefficient: Double = 0.001) {
    (self.momentum, self.weightDecay, self.coefficient) = (momentum, weightDecay, coefficient)
  }

  public var slotCount: Int { momentum == 0 ? 0 : 1 }

  public var vectorOptimizer: any Optimizer { SGD(momentum: momentum) }

  public func direct(_ weights: Buffer, gradients: Buffer, slots: [Buffer], step: Int) {}

  public func trust(weightNorm: Double, directionNorm: Double) -> Double {
    guard weightNorm > 0, directionNorm > 0 else { return 1 }
    return coefficient * weightNorm / (directionNorm + Double(weightDecay) * weightNorm)
  }

  public func update(_ weights: Buffer, gradients: Buffer, slots: [Buffer], rate: Float, step: Int) {
    SGD(momentum: momentum, weightDecay: weightDecay)
      .update(weights, gradients: gradients, slots: slots, rate: rate, step: step)
  }
}
