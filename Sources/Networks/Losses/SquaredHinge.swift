public import Kernels

/// Square of the hinge loss: max(1 - t p, 0)^2, the mean over all elements of an image. Any shape, targets of the same.
/// Targets of 0 and 1 are taken for -1 and 1, image by image, as in `Hinge`.
///
/// Backward: dp = -2 t max(1 - t p, 0) / elements.
public struct SquaredHinge: ElementwiseLoss {
  public static let kerasName = "SquaredHinge"
  public static let functionName = "squared_hinge"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var function: ElementLoss { .squaredHinge }
}
