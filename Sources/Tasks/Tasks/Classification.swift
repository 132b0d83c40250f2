public import Datasets
import Kernels
public import Networks
public import Tensors

/// One class for each sample: an output (K) of probabilities or logits, or of one number that tells two classes apart;
/// targets are class numbers.
public struct Classification: RegisteredTask {
  public static let name = "classification"
  public static let targetKind = Column.Kind.category
  public static let headKeys = ["pooling", "dense", "dropout", "outputs"]
  private let output: TaskOutput

  public init?(_ outputs: [TaskOutput]) {
    guard outputs.count == 1, outputs[0].target.kind == .category, outputs[0].shape.rank == 1 else { return nil }
    output = outputs[0]
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    try head.chain(head.classifier(targets[0].classes(head)), behind: features, of: graph)
  }

  public static func isUsual(for outputs: [OutputForm]) -> Bool {
    outputs.count == 1 && outputs[0].shape.rank == 1 && outputs[0].isOfEntropy ?? true
      && (outputs[0].ending != .sigmoid || outputs[0].shape.channels == 1)
  }

  private var isOfTwo: Bool { output.shape.channels == 1 }
  private var classes: Int { isOfTwo ? 2 : output.shape.channels }

  public var losses: [String] { [isOfTwo ? "binary_crossentropy" : "sparse_categorical_crossentropy"] }

  public var metrics: [[NamedMetric]] {
    [[NamedMetric(MetricRegistry.accuracy(output: output.shape, target: output.target.shape), name: "accuracy")]]
  }

  public var reportMetrics: [[NamedMetric]] {
    [[NamedMetric(ClassConfusion(isOfTwo: isOfTwo)), NamedMetric(FirstFive())]]
  }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    let probabilities = ClassProbabilities.of(outputs[0].sample(lane), output.ending)
    return ClassPrediction(probabilities, names: output.target.classNames, top: top)
  }

  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let matrix = ClassConfusion(isOfTwo: isOfTwo).rows(states[0][0])
    let samples = matrix.reduce(0) { $0 + $1.reduce(0, +) }
    let correct = matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
    let accuracy = Double(correct) / Double(max(1, samples))
    let scores = matrix.indices.map { index in
      LabelCounts(
        images: matrix[index].reduce(0, +), predicted: matrix.reduce(0) { $0 + $1[index] },
        correct: matrix[index][index])
    }
    let names = (0..<classes).map { output.target.className($0) }
    var figures = LabelCounts.figures(scores, accuracy: accuracy, correct: correct, samples: samples)
    var summary = "top-1 \(ReportText.percent(accuracy))"
    if classes > 5 {
      let topFive = FirstFive().result(states[0][1]) ?? 0
      figures.append(("topFive", .number(topFive)))
      summary += "  top-5 \(ReportText.percent(topFive))"
    }
    let title = "\(ReportText.percent(accuracy)) of \(samples) images right"
    return [
      .summary(summary), .figures(figures), .table(LabelCounts.table(scores, names: names, samples: samples)),
      .matrix(ReportMatrix(name: "confusion", title: title, classNames: names, rows: matrix)),
    ]
  }
}

extension Column {
  /// The name of a class, or its number.
  func className(_ number: Int) -> String {
    classNames.indices.contains(number) ? classNames[number] : String(number)
  }
}
