/// Sums over samples, from which loss and accuracy follow.
public struct Metrics: Hashable, Sendable, Codable {
  /// Sum of the samples' losses; in training, regularizers add their term once for each sample.
  public var lossSum: Double
  /// Samples whose most probable class is their label.
  public var correct: Int
  public var samples: Int

  public init(lossSum: Double = 0, correct: Int = 0, samples: Int = 0) {
    (self.lossSum, self.correct, self.samples) = (lossSum, correct, samples)
  }

  /// Mean loss of a sample.
  public var loss: Double { lossSum / Double(max(1, samples)) }

  /// Share of samples that are right, 0...1.
  public var accuracy: Double { Double(correct) / Double(max(1, samples)) }

  public static func += (left: inout Metrics, right: Metrics) {
    left.lossSum += right.lossSum
    left.correct += right.correct
    left.samples += right.samples
  }
}
