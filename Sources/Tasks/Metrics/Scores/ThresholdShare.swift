import Kernels
import Networks
import Tensors

/// A share of what is positive or wanted, for each of some thresholds: 0 where there is nothing to take it of, as in
/// Keras, and no number before the first sample.
protocol ThresholdShare: PositiveCounts {
  init(_ settings: ThresholdSettings)
  var settings: ThresholdSettings { get }
  /// What the share is taken of.
  func whole(_ counts: (both: Double, positive: Double, wanted: Double)) -> Double
}

extension ThresholdShare {
  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(try ThresholdSettings(configuration))
  }

  public func kerasConfiguration() -> [String: JSONValue] { settings.kerasConfiguration }
  var ruleCount: Int { settings.ruleCount }
  func rule(_ index: Int) -> LabelledScores.Rule { settings.rule(index) }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    settings.absorbing(activation).map { Self($0) }
  }

  public func settled(output: Shape, target: Shape) throws(ShapeError) -> any Metric {
    try settings.requireClass(output, Self.functionName)
    return self
  }

  public func values(_ state: MetricState) -> [Double] {
    guard hasSamples(state) else { return [] }
    let classes = settings.classNumber.map { $0..<$0 + 1 } ?? 0..<classCount(state)
    return (0..<ruleCount).map { rule in
      let found = classes.map { counts(state, rule: rule, class: $0) }
      let whole = found.reduce(0.0) { $0 + self.whole($1) }
      let both = found.reduce(0.0) { $0 + $1.both }
      return whole == 0 ? 0 : both / whole
    }
  }
}
