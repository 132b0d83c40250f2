public import Kernels

/// Hinge loss of targets of -1 and 1: max(1 - t p, 0), the mean over all elements of an image. Any shape, targets of
/// the same.
///
/// An image whose targets are 0 and 1 alone has them taken for -1 and 1. Keras asks that of the whole batch: the same
/// unless an image mixes -1, 0 and 1.
///
/// Backward: dp = -t / elements where 1 - t p >= 0, else 0.
public struct Hinge: ElementwiseLoss {
  public static let kerasName = "Hinge"
  public static let functionName = "hinge"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .hinge }
}
