import Kernels

/// Of what is positive, the share that is wanted:
///
///     wanted positives / positives
///
/// over all classes or one (`class_id`), for one threshold or several. With `top_k`, only so many of the largest scores
/// of a position are positive. Outputs (…, K), targets (…, K) of 0 and 1 or (…) of class numbers. 0 where there is
/// nothing to take the share of. Keras's `Precision`.
public struct Precision: ThresholdShare {
  public static let kerasName = "Precision"
  public static let functionName = "precision"
  let settings: ThresholdSettings

  init(_ settings: ThresholdSettings) { self.settings = settings }

  public init(thresholds: [Double] = [], top: Int? = nil, classNumber: Int? = nil) {
    settings = ThresholdSettings(thresholds: thresholds, top: top, classNumber: classNumber)
  }

  func whole(_ counts: (both: Double, positive: Double, wanted: Double)) -> Double { counts.positive }
}
