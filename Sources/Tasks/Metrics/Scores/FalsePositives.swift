import Kernels
import Networks
import Tensors

/// Scores above the threshold whose class is not wanted: outputs (…, K), targets (…, K) of 0 and 1 or (…) of class
/// numbers. Keras's `FalsePositives`.
public struct FalsePositives: OutcomeCount {
  public static let kerasName = "FalsePositives"
  public static let functionName = "false_positives"
  let settings: ThresholdSettings

  init(_ settings: ThresholdSettings) { self.settings = settings }
  public init(thresholds: [Double] = []) { settings = ThresholdSettings(thresholds: thresholds) }
  public var isBetterHigher: Bool { false }

  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double {
    counts.positive - counts.both
  }
}
