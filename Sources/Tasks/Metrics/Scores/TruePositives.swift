import Kernels
import Networks
import Tensors

/// Scores above the threshold whose class is wanted: outputs (…, K), targets (…, K) of 0 and 1 or (…) of class
/// numbers. Keras's `TruePositives`.
public struct TruePositives: OutcomeCount {
  public static let kerasName = "TruePositives"
  public static let functionName = "true_positives"
  let settings: ThresholdSettings

  init(_ settings: ThresholdSettings) { self.settings = settings }
  public init(thresholds: [Double] = []) { settings = ThresholdSettings(thresholds: thresholds) }

  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double { counts.both }
}
