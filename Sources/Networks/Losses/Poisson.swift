public import Kernels

/// Loss of counts t by a Poisson distribution of mean p: p - t log(p + 1e-7), the mean over all elements of an image.
/// Any shape, targets of the same; predictions are not negative, as behind `softplus` or `exponential`.
///
/// Backward: dp = (1 - t / (p + 1e-7)) / elements.
public struct Poisson: ElementwiseLoss {
  public static let kerasName = "Poisson"
  public static let functionName = "poisson"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .poisson }
}
