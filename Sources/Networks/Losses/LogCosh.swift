public import Kernels

/// Logarithm of the hyperbolic cosine of the error: log(cosh(p - t)), the mean over all elements of an image; about the
/// squared error / 2 near 0 and the absolute error - log 2 far from it. Any shape, targets of the same.
///
/// Backward: dp = tanh(p - t) / elements.
public struct LogCosh: ElementwiseLoss {
  public static let kerasName = "LogCosh"
  public static let functionName = "log_cosh"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .logCosh }
}
