public import Kernels

/// Mean squared error: (p - t)^2, the mean over all elements of an image. Any shape, targets of the same.
///
/// Backward: dp = 2 (p - t) / elements.
public struct MeanSquaredError: ElementwiseLoss {
  public static let kerasName = "MeanSquaredError"
  public static let functionName = "mean_squared_error"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .squaredError }
}
