public import Kernels

/// Minus the cosine of the angle between prediction and target, vectors along `axis`; the mean over the positions of an
/// image:
///
///     -(sum of p t) / (|p| |t|), lengths being at least 1e-7
///
/// Any shape, targets of the same. -1 is the best. A prediction of zeros has the loss 0 and no gradient; Keras's is
/// NaN.
public struct CosineSimilarity: ClasswiseLoss {
  public static let kerasName = "CosineSimilarity"
  public static let functionName = "cosine_similarity"
  public let axis: Int
  public let reduction: LossReduction

  public init(axis: Int = -1, reduction: LossReduction = .mean) { (self.axis, self.reduction) = (axis, reduction) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axis = try configuration.classAxis()
    reduction = try configuration.lossReduction()
  }

  /// Keras's own file leaves the axis out.
  public func kerasConfiguration() -> [String: JSONValue] { reduction.describing(["axis": .integer(axis)]) }

  public var function: ClassLoss { .cosine }
}
