import Kernels
import Networks
import Tensors

/// A count of one of the four outcomes of yes-or-no scores, for each of some thresholds: how many scores are above it
/// or not, of those that are wanted or not, over all classes. Where samples have weights, it is the sum of these.
/// Keras's `TruePositives` and its like.
///
/// The other tally counts the positions of all samples, so that what was measured is read without shapes.
protocol OutcomeCount: PositiveCounts {
  init(_ settings: ThresholdSettings)
  var settings: ThresholdSettings { get }
  /// The count of the outcome for one class, among so many positions.
  func count(_ counts: (both: Double, positive: Double, wanted: Double), positions: Double) -> Double
}

extension OutcomeCount {
  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(ThresholdSettings(thresholds: try configuration.thresholds()))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    settings.kerasConfiguration.filter { $0.key == "thresholds" }
  }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    settings.absorbing(activation).map { Self($0) }
  }

  var ruleCount: Int { settings.ruleCount }
  func rule(_ index: Int) -> LabelledScores.Rule { settings.rule(index) }

  static var otherTallies: Int { 1 }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    addPositives(to: &state, output: output, target: target, live: live, weights: weights)
    let positions = output.shape.count / output.shape.channels
    for lane in 0..<live {
      state.count(state.tallies - 2, Int64(positions), weight: weights?[lane])
      state.count(state.tallies - 1, 1, weight: weights?[lane])
    }
  }

  public func values(_ state: MetricState) -> [Double] {
    guard hasSamples(state) else { return [] }
    let positions = state.tally(state.tallies - 2)
    return (0..<ruleCount).map { rule in
      (0..<classCount(state)).reduce(0.0) { $0 + count(counts(state, rule: rule, class: $1), positions: positions) }
    }
  }
}
