import Kernels

/// Mean of log(cosh(output - target)) over the elements. Keras's `LogCoshError`.
public struct LogCoshError: MeanErrorMetric {
  public static let kerasName = "LogCoshError"
  public static let functionName = "logcosh"
  public static let aliases = ["log_cosh_error", "log_cosh"]
  static let element = ErrorSums.Element.logCosh

  public init() {}
}
