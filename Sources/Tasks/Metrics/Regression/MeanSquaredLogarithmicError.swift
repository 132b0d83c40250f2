import Kernels

/// Mean of (log(1 + output) - log(1 + target))^2 over the elements, both taken to be at least 1e-7. Keras's
/// `MeanSquaredLogarithmicError`.
struct MeanSquaredLogarithmicError: MeanErrorMetric {
  public static let kerasName = "MeanSquaredLogarithmicError"
  public static let functionName = "mean_squared_logarithmic_error"
  public static let aliases = ["msle", "MSLE"]
  static let element = ErrorSums.Element.squaredLogarithmic

  public init() {}
}
