public import Kernels
public import Tensors

/// Kullback-Leibler divergence of the predicted distribution from that of the target: the sum over the channels of
/// t log(t / p), both clipped to 1e-7...1, and the mean over the positions of an image. Any shape, targets of the same.
///
/// Backward: dp = -t / p / positions, 0 where p was clipped.
public struct KLDivergence: ElementwiseLoss {
  public static let kerasName = "KLDivergence"
  public static let functionName = "kl_divergence"
  public static let isOfProbabilities = true
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .divergence }

  public var isSum: Bool { true }
}
