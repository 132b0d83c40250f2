import Kernels

/// Mean of (output - target)^2 over the elements. Keras's `MeanSquaredError`.
struct MeanSquaredError: MeanErrorMetric {
  public static let kerasName = "MeanSquaredError"
  public static let functionName = "mean_squared_error"
  public static let aliases = ["mse", "MSE"]
  static let element = ErrorSums.Element.squared

  public init() {}
}
