public import Kernels

/// 1 minus Sørensen's and Dice's coefficient of predicted and true shares, from 0 to 1 and of the same shape:
///
///     1 - 2 I / (T + P + 1e-7),  I = sum of p t, T = sum of t, P = sum of p
///
/// Sums are over the elements of an image, or with `axis` over some of its axes, as [1, 2] for each class of an image;
/// then the loss is the mean. Keras's default, `axis: null`, and axes that hold the batch, 0, sum over all images of a
/// batch; so do we with `denominator: batch`, and else over each image.
///
/// Backward: dp = (2 I / (T + P) - 2 t) / (T + P).
public struct Dice: OverlappingLoss {
  public static let kerasName = "Dice"
  public static let functionName = "dice"
  public static let isOfProbabilities = true
  public let axes: [Int]?
  public let reduction: LossReduction
  public let denominator: LossDenominator

  public init(axes: [Int]? = nil, reduction: LossReduction = .mean, denominator: LossDenominator = .image) {
    (self.axes, self.reduction, self.denominator) = (axes, reduction, denominator)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axes = try configuration.overlapAxes()
    reduction = try configuration.lossReduction()
    denominator = try configuration.lossDenominator()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing(["axis": axes.map { JSONValue($0) } ?? .null])
  }

  public var function: OverlapLoss { .dice }
}
