public import Kernels

/// Mean squared logarithmic error: (log(max(p, e) + 1) - log(max(t, e) + 1))^2 with e = 1e-7, the mean over all
/// elements of an image. Any shape, targets of the same.
///
/// Backward: dp = 2 (log(p + 1) - log(t + 1)) / (p + 1) / elements, 0 where p < e.
public struct MeanSquaredLogarithmicError: ElementwiseLoss {
  public static let kerasName = "MeanSquaredLogarithmicError"
  public static let functionName = "mean_squared_logarithmic_error"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .logarithmicError }
}
