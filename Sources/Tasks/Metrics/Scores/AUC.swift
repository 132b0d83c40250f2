public import Kernels
public import Networks
public import Tensors

/// The area under a curve that thresholds draw: recall over the false positive rate (`ROC`), or precision over recall
/// (`PR`). Outputs (…, K) of probabilities, or of logits (`from_logits`); targets (…, K) of 0 and 1 or (…) of class
/// numbers. 200 evenly spaced thresholds unless `num_thresholds` or `thresholds` say otherwise; `ExactAUC` uses every
/// score. All elements make one curve, or, with `multi_label`, each label one, of which the mean is taken, weighted by
/// `label_weights`. No number where only one class occurs (Keras: 0). Keras's `AUC`, but for its curve `PRGAIN`.
public struct AUC: Metric {
  public static let kerasName = "AUC"
  public static let functionName = "auc"
  let settings: AUCSettings

  public init() { settings = AUCSettings() }
  private init(_ settings: AUCSettings) { self.settings = settings }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    settings = try AUCSettings(configuration)
  }

  public func kerasConfiguration() -> [String: JSONValue] { settings.kerasConfiguration }
  public var isBetterHigher: Bool { true }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? {
    guard activation == .sigmoid, !settings.isOfLogits else { return nil }
    var settings = settings
    settings.isOfLogits = true
    return AUC(settings)
  }

  /// Tally 2 ((n + 1) class + b) + w: elements with b thresholds below their score, wanted (w = 1) or not.
  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    try Self.requireLabels(output, target)
    if let labels = settings.labelWeights?.count ?? settings.labels, labels != output.channels {
      throw ShapeError("the metric 'auc' is told of \(labels) labels, but the output has \(output.channels).")
    }
    let tallies = 2 * (settings.levels.count + 1) * output.channels
    return MetricState(tallies: tallies, isWeighted: isWeighted, scratch: isWeighted ? tallies : 0)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let labelled = LabelledScores(output, target: target)
    state.tally(live, weights) { lanes, counts in
      labelled.addThresholds(settings.levels, isEven: settings.isEven, of: lanes, to: &counts)
    }
  }

  public func values(_ state: MetricState) -> [Double] {
    let labels = state.tallies / (2 * (settings.levels.count + 1))
    if settings.isMultiLabel {
      // A label of one class alone has no area and no part in the mean.
      var (sum, total) = (0.0, 0.0)
      for label in 0..<labels {
        guard let area = settings.area(histogram(state, label)) else { continue }
        sum += area * weight(label)
        total += weight(label)
      }
      return total == 0 ? [] : [sum / total]
    }
    var all = histogram(state, 0).map { ($0.0 * weight(0), $0.1 * weight(0)) }
    for label in 1..<max(1, labels) {
      for (bucket, count) in histogram(state, label).enumerated() {
        all[bucket].0 += count.0 * weight(label)
        all[bucket].1 += count.1 * weight(label)
      }
    }
    return settings.area(all).map { [$0] } ?? []
  }

  private func weight(_ label: Int) -> Double { settings.labelWeights?[label] ?? 1 }

  /// Of a label, by thresholds below the score: elements that are not wanted, and wanted ones.
  private func histogram(_ state: MetricState, _ label: Int) -> [(Double, Double)] {
    let buckets = settings.levels.count + 1
    return (0..<buckets).map { bucket in
      let start = 2 * (buckets * label + bucket)
      return (state.tally(start), state.tally(start + 1))
    }
  }
}
