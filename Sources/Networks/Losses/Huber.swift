public import Kernels

/// Huber's loss of the error d = p - t, the mean over all elements of an image:
///
///     d^2 / 2 where |d| <= delta, delta |d| - delta^2 / 2 elsewhere
///
/// Any shape, targets of the same. PyTorch's `SmoothL1Loss` is this with delta = beta, divided by beta.
///
/// Backward: dp = d within -delta...delta, else that end of it, / elements.
public struct Huber: ElementwiseLoss {
  public static let kerasName = "Huber"
  public static let functionName = "huber"
  public let delta: Double
  public let reduction: LossReduction

  public init(delta: Double = 1, reduction: LossReduction = .mean) {
    precondition(delta >= 0)
    (self.delta, self.reduction) = (delta, reduction)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    delta = try configuration.nonnegative("delta", default: 1)
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing(["delta": .number(delta)]) }

  public var function: ElementLoss { .huber(delta: Float(delta)) }
}
