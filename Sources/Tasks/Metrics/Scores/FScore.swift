import Kernels
import Networks
import Tensors

/// Ways in which the scores of classes become one.
public enum FScoreAverage: String, Sendable, CaseIterable {
  /// Over all classes as if they were one.
  case micro
  /// The mean of the classes.
  case macro
  /// The mean of the classes, weighted by how often they are wanted.
  case weighted
}

/// A weighted harmonic mean of precision p and recall r of each class:
///
///     (1 + beta^2) p r / (beta^2 p + r) = (1 + beta^2) both / (beta^2 wanted + positive)
///
/// Positive is the largest output (all of them where several are, unless they are 0), or those above a threshold.
/// Outputs (…, K), targets (…, K) of 0 and 1 or (…) of class numbers; a number for each class, or their average. 0 for
/// a class that is neither. Keras adds 1e-7 to denominators, and takes only (K,).
protocol FScore: PositiveCounts {
  var average: FScoreAverage? { get }
  var threshold: Double? { get }
  var beta: Double { get }
}

extension FScore {
  var ruleCount: Int { 1 }
  func rule(_ index: Int) -> LabelledScores.Rule { threshold.map { .above(Float($0)) } ?? .largest }

  public func values(_ state: MetricState) -> [Double] {
    guard hasSamples(state) else { return [] }
    let classes = (0..<classCount(state)).map { counts(state, rule: 0, class: $0) }
    switch average {
    case nil: return classes.map { score($0) }
    case .macro:
      let sum = classes.reduce(0.0) { $0 + score($1) }
      return [sum / Double(classes.count)]
    case .micro:
      var sum = (both: 0.0, positive: 0.0, wanted: 0.0)
      for counts in classes {
        sum.both += counts.both
        sum.positive += counts.positive
        sum.wanted += counts.wanted
      }
      return [score(sum)]
    case .weighted:
      let total = classes.reduce(0.0) { $0 + $1.wanted }
      let sum = classes.reduce(0.0) { $0 + score($1) * $1.wanted }
      return [total == 0 ? 0 : sum / total]
    }
  }

  private func score(_ counts: (both: Double, positive: Double, wanted: Double)) -> Double {
    let whole = beta * beta * counts.wanted + counts.positive
    return whole == 0 ? 0 : (1 + beta * beta) * counts.both / whole
  }

  func configuration() -> [String: JSONValue] {
    ["average": average.map { .string($0.rawValue) } ?? .null, "threshold": threshold.map { .number($0) } ?? .null]
  }
}

extension LayerConfiguration {
  func average() throws(ImportError) -> FScoreAverage? {
    value("average") == .null ? nil : try choice("average", default: FScoreAverage.macro)
  }

  func scoreThreshold() throws(ImportError) -> Double? {
    guard let threshold = try optionalNumber("threshold") else { return nil }
    guard threshold > 0, threshold <= 1 else {
      throw ImportError("\(place): 'threshold' is \(threshold), but must be above 0 and at most 1.")
    }
    return threshold
  }
}
