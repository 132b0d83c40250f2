import Kernels

/// Mean of |output - target| over the elements. Keras's `MeanAbsoluteError`.
struct MeanAbsoluteError: MeanErrorMetric {
  public static let kerasName = "MeanAbsoluteError"
  public static let functionName = "mean_absolute_error"
  public static let aliases = ["mae", "MAE"]
  static let element = ErrorSums.Element.absolute

  public init() {}
}
