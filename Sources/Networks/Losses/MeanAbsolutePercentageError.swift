public import Kernels

/// Mean absolute percentage error: 100 |p - t| / max(|t|, 1e-7), the mean over all elements of an image. Any shape,
/// targets of the same.
///
/// Backward: dp = 100 sign(p - t) / max(|t|, 1e-7) / elements.
public struct MeanAbsolutePercentageError: ElementwiseLoss {
  public static let kerasName = "MeanAbsolutePercentageError"
  public static let functionName = "mean_absolute_percentage_error"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .percentageError }
}
