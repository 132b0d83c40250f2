public import Kernels

/// How much the best of the wrong classes comes too near to the right one; the mean over the positions of an image:
///
///     max(largest of (1 - t) p - sum of t p + 1, 0)
///
/// Scores along the channels, targets of the same shape: 1 for the right class, 0 for the others. Classes that share
/// the largest score share its gradient.
public struct CategoricalHinge: ClasswiseLoss {
  public static let kerasName = "CategoricalHinge"
  public static let functionName = "categorical_hinge"
  public let reduction: LossReduction

  public init(reduction: LossReduction = .mean) { self.reduction = reduction }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    reduction = try configuration.lossReduction()
  }

  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing([:]) }

  public var axis: Int { -1 }
  public var function: ClassLoss { .categoricalHinge }
}
