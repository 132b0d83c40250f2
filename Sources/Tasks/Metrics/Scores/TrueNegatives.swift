import Kernels
import Networks
import Tensors

/// Scores not above the threshold whose class is not wanted: outputs (…, K), targets (…, K) of 0 and 1 or (…) of class
/// numbers. Keras's `TrueNegatives`.
public struct TrueNegatives: OutcomeCount {
  public static let kerasName = "TrueNegatives"
  public static let functionName = "true_negatives"
  let settings: ThresholdSettings

  init(_ settings: ThresholdSettings) { self.settings = settings }
  public init(thresholds: [Double] = []) { settings = ThresholdSettings(thresholds: thresholds) }

  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double {
    positions - counts.positive - counts.wanted + counts.both
  }
}
