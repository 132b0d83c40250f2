import Kernels

/// Mean of 100 |output - target| / max(|target|, 1e-7) over the elements. Keras's `MeanAbsolutePercentageError`.
struct MeanAbsolutePercentageError: MeanErrorMetric {
  public static let kerasName = "MeanAbsolutePercentageError"
  public static let functionName = "mean_absolute_percentage_error"
  public static let aliases = ["mape", "MAPE"]
  static let element = ErrorSums.Element.percentage

  public init() {}
}
