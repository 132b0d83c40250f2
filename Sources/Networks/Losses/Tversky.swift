public import Kernels

/// 1 minus Tversky's index of predicted and true shares, from 0 to 1 and of the same shape (Salehi et al., "Tversky
/// Loss Function for Image Segmentation", 2017):
///
///     1 - I / (I + alpha (T - I) + beta (P - I) + 1e-7),  I = sum of p t, T = sum of t, P = sum of p
///
/// So alpha weighs what was missed and beta what was wrongly found, as in Keras's formula. Sums are over an image, or
/// with `axis` over some of its axes, as in `Dice`. With alpha = beta = 1/2 it is `Dice`.
public struct Tversky: OverlappingLoss {
  public static let kerasName = "Tversky"
  public static let functionName = "tversky"
  public static let isOfProbabilities = true
  public let alpha: Double, beta: Double
  public let axes: [Int]?
  public let reduction: LossReduction
  public let denominator: LossDenominator

  public init(
    alpha: Double = 0.5, beta: Double = 0.5, axes: [Int]? = nil, reduction: LossReduction = .mean,
    denominator: LossDenominator = .image
  ) {
    (self.alpha, self.beta, self.axes) = (alpha, beta, axes)
    (self.reduction, self.denominator) = (reduction, denominator)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    alpha = try configuration.nonnegative("alpha", default: 0.5)
    beta = try configuration.nonnegative("beta", default: 0.5)
    axes = try configuration.overlapAxes()
    reduction = try configuration.lossReduction()
    denominator = try configuration.lossDenominator()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    reduction.describing([
      "alpha": .number(alpha), "beta": .number(beta), "axis": axes.map { JSONValue($0) } ?? .null,
    ])
  }

  public var function: OverlapLoss { .tversky(alpha: alpha, beta: beta) }
}
