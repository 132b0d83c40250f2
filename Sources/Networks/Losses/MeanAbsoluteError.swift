public import Kernels

/// Mean absolute error: |p - t|, the mean over all elements of an image. Any shape, targets of the same.
///
/// Backward: dp = sign(p - t) / elements, 0 where they are equal.
public struct MeanAbsoluteError: ElementwiseLoss {
  public static let kerasName = "MeanAbsoluteError"
  public static let functionName = "mean_absolute_error"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .absoluteError }
}
