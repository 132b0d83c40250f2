import Kernels
import Networks
import Tensors

/// Scores not above the threshold whose class is wanted: outputs (…, K), targets (…, K) of 0 and 1 or (…) of class
/// numbers. Keras's `FalseNegatives`.
public struct FalseNegatives: OutcomeCount {
  public static let kerasName = "FalseNegatives"
  public static let functionName = "false_negatives"
  let settings: ThresholdSettings

  init(_ settings: ThresholdSettings) { self.settings = settings }
  public init(thresholds: [Double] = []) { settings = ThresholdSettings(thresholds: thresholds) }
  public var isBetterHigher: Bool { false }

  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double {
    counts.wanted - counts.both
  }
}
