import Networks
import Tasks
import Tensors

/// Sums over samples, from which losses and scores follow.
public struct Metrics: Hashable, Sendable {
  /// Sum of the samples' losses, those of all outputs with their weights; in training, regularizers add their term once
  /// for each sample.
  public var lossSum: Double
  public var samples: Int
  /// The loss of each output, where there are several, and what its metrics have counted.
  public internal(set) var scores: [Score]

  /// One number of what is measured, under the name that Keras gives it.
  public struct Score: Hashable, Sendable, Codable {
    /// `accuracy`, `class_output_loss`
    public let name: String
    /// Keras's class and arguments; nil for the loss of an output.
    let metric: JSONValue?
    /// Of the losses of an output.
    var sum = 0.0
    /// Of a metric.
    var state: MetricState?
  }

  public init(lossSum: Double = 0, samples: Int = 0, scores: [Score] = []) {
    (self.lossSum, self.samples, self.scores) = (lossSum, samples, scores)
  }

  /// Of nothing but an accuracy.
  public init(lossSum: Double, correct: Int, samples: Int) {
    self.init(lossSum: lossSum, samples: samples, scores: [.accuracy(correct: correct, of: samples)])
  }

  /// Mean loss of a sample.
  public var loss: Double { lossSum / Double(max(1, samples)) }

  /// Share of samples that are right, 0...1; nil where that is not measured.
  public var accuracy: Double? { value(of: "accuracy") }

  /// Samples that are right.
  public var correct: Int? { accuracy.map { Int(($0 * Double(samples)).rounded()) } }

  /// A number by its name, `loss` among them; nil where there is none of that name.
  public func value(of name: String) -> Double? {
    if name == "loss" { return loss }
    guard let score = scores.first(where: { $0.name == name }) else { return nil }
    return score.value(samples: samples)
  }

  /// The names of all numbers but the loss, with their values.
  public var values: [(name: String, value: Double)] {
    scores.compactMap { score in score.value(samples: samples).map { (score.name, $0) } }
  }

  /// The same measures before any sample.
  public var cleared: Metrics {
    var copy = Metrics(scores: scores)
    for index in copy.scores.indices {
      copy.scores[index].sum = 0
      copy.scores[index].state?.reset()
    }
    return copy
  }

  /// Adds what later samples came to.
  public static func += (left: inout Metrics, right: Metrics) {
    left.lossSum += right.lossSum
    left.samples += right.samples
    if left.scores.isEmpty {
      left.scores = right.scores
      return
    }
    for (index, score) in right.scores.enumerated() {
      precondition(left.scores[index].name == score.name, "the same is measured")
      left.scores[index].sum += score.sum
      if let state = score.state { left.scores[index].state?.merge(state) }
    }
  }

  /// Adds what a step came to. Allocates nothing.
  public static func += (left: inout Metrics, right: StepMetrics) {
    left.lossSum += right.lossSum
    left.samples += right.samples
    guard right.samples > 0 else { return }
    var (sum, word) = (0, 0)
    for index in left.scores.indices {
      if left.scores[index].metric == nil {
        left.scores[index].sum += Double(right.sums[sum])
        sum += 1
      } else {
        left.scores[index].state?.add(right.words, from: &word)
      }
    }
  }
}

extension Metrics.Score {
  static func accuracy(correct: Int, of samples: Int) -> Metrics.Score {
    Metrics.Score(
      name: "accuracy", metric: .string(SparseCategoricalAccuracy.kerasName),
      state: MetricState(tallies: [Int64(correct), Int64(samples)]))
  }

  /// Nil where nothing was counted that decides it.
  func value(samples: Int) -> Double? {
    guard let state else { return sum / Double(max(1, samples)) }
    return reader?.result(state)
  }

  /// Whether a larger number is a better one.
  var isBetterHigher: Bool { reader?.isBetterHigher ?? false }

  private var reader: (any Metric)? { metric.flatMap { try? MetricRegistry.reader($0) } }
}

/// Checkpoints of earlier versions hold the right answers alone.
extension Metrics: Codable {
  private enum CodingKeys: String, CodingKey { case lossSum, correct, samples, scores }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      lossSum: try values.decode(Double.self, forKey: .lossSum), samples: try values.decode(Int.self, forKey: .samples),
      scores: try values.decodeIfPresent([Score].self, forKey: .scores) ?? [])
    if let correct = try values.decodeIfPresent(Int.self, forKey: .correct) {
      scores = [.accuracy(correct: correct, of: samples)]
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(lossSum, forKey: .lossSum)
    try values.encode(samples, forKey: .samples)
    try values.encode(scores, forKey: .scores)
  }
}

/// The result of a step, in memory that the next one uses again.
public struct StepMetrics: Sendable {
  public var lossSum = 0.0
  public var samples = 0
  /// The losses of the outputs, where there are several.
  var sums = Buffer.empty
  /// What metrics have counted, two places for each word.
  var words = Buffer.empty

  /// Mean loss of a sample.
  public var loss: Double { lossSum / Double(max(1, samples)) }
}
