public import Datasets
import Kernels
public import Networks
public import Tensors

/// Labels that do not exclude each other: an output (K) of sigmoids or their logits; targets are 0 or 1 for each.
public struct MultiLabel: RegisteredTask {
  public static let name = "multi-label"
  public static let targetKind = Column.Kind.categories
  public static let headKeys = ["pooling", "dense", "dropout", "outputs"]
  private let output: TaskOutput

  public init?(_ outputs: [TaskOutput]) {
    guard outputs.count == 1, outputs[0].target.kind == .categories, outputs[0].shape.rank == 1 else { return nil }
    output = outputs[0]
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    try head.chain(Dense(targets[0].classes(head), activation: .sigmoid), behind: features, of: graph)
  }

  public static func isUsual(for outputs: [OutputForm]) -> Bool {
    outputs.count == 1 && outputs[0].shape.rank == 1 && outputs[0].isOfEntropy ?? true
      && outputs[0].ending == .sigmoid && outputs[0].shape.channels > 1
  }

  public var losses: [String] { ["binary_crossentropy"] }
  /// An image is right where all its labels are.
  public var metrics: [[NamedMetric]] { [[NamedMetric(ExactMatch(), name: "accuracy")]] }
  public var reportMetrics: [[NamedMetric]] {
    [[NamedMetric(ExactMatch()), NamedMetric(F1Score(threshold: 0.5))]]
  }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    let values = outputs[0].sample(lane).map(Double.init)
    return ClassPrediction(
      output.ending == .sigmoid ? values : values.map(\.logistic), names: output.target.classNames, top: top)
  }

  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let (matches, labels) = (states[0][0], states[0][1])
    let (correct, samples) = (Int(matches.tally(0)), Int(matches.tally(1)))
    let metric = F1Score(threshold: 0.5)
    let scores = (0..<output.shape.channels).map { index in
      let counts = metric.counts(labels, rule: 0, class: index)
      return LabelCounts(images: Int(counts.wanted), predicted: Int(counts.positive), correct: Int(counts.both))
    }
    let accuracy = Double(correct) / Double(max(1, samples))
    let names = scores.indices.map { output.target.className($0) }
    return [
      .summary("exact match \(ReportText.percent(accuracy)): all labels of an image are right"),
      .figures(
        LabelCounts.figures(scores, accuracy: accuracy, correct: correct, samples: samples)
          + [("exactMatch", .number(accuracy))]),
      .table(LabelCounts.table(scores, names: names, samples: samples)),
    ]
  }
}
