import Kernels

/// Square root of the mean of (output - target)^2, over elements and samples. Keras's `RootMeanSquaredError`.
public struct RootMeanSquaredError: MeanErrorMetric {
  public static let kerasName = "RootMeanSquaredError"
  public static let functionName = "root_mean_squared_error"
  public static let aliases = ["rmse", "RMSE"]
  static let element = ErrorSums.Element.squared

  public init() {}

  func score(_ mean: Double) -> Double { mean.squareRoot() }
}
