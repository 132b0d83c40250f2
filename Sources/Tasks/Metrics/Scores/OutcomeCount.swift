import Networks
import Tensors

/// A count of one of the four outcomes of yes-or-no scores, for each of some thresholds: how many scores are above it
/// or not, of those that are wanted or not, over all classes. Where samples have weights, it is the sum of these.
/// Keras's `TruePositives` and its like.
protocol OutcomeCount: PositiveCounts {
  init(_ settings: ThresholdSettings)
  var settings: ThresholdSettings { get }
  /// The count of the outcome among so many positions.
  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double
}

extension OutcomeCount {
  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(ThresholdSettings(thresholds: try configuration.thresholds()))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["thresholds": settings.kerasConfiguration["thresholds"]!]
  }

  var ruleCount: Int { settings.ruleCount }
  func rule(_ index: Int) -> LabelledScores.Rule { settings.rule(index) }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    settings.absorbing(activation).map { Self($0) }
  }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    var settings = settings
    settings.positions = output.count / output.channels
    return Self(settings)
  }

  public func values(_ state: MetricState) -> [Double] {
    guard hasSamples(state) else { return [] }
    let positions = state.tally(state.tallies - 1) * Double(settings.positions)
    return (0..<ruleCount).map { rule in
      (0..<classCount(state)).reduce(0.0) {
        $0 + count(counts(state, rule: rule, class: $1), positions: positions)
      }
    }
  }
}
