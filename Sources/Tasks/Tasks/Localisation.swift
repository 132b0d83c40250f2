public import Datasets
import Kernels
public import Networks
public import Tensors

/// The class of the one object in an image, and the box around it: an output (K) or (1) for the class and an output (4)
/// for the box, in either order; targets are a category and boxes. Boxes are shares of the image's width and height, in
/// the encoding of the column.
public struct Localisation: RegisteredTask {
  public static let name = "localisation"
  public static let targetKind = Column.Kind.boxes
  public static let furtherKinds = [Column.Kind.category]
  private let outputs: [TaskOutput]
  private let box: Int
  private let classifier: (index: Int, task: Classification)?

  public init?(_ outputs: [TaskOutput]) {
    let boxes = outputs.indices.filter { outputs[$0].target.kind == .boxes && outputs[$0].shape == [4] }
    guard boxes.count == 1, outputs.count <= 2 else { return nil }
    (self.outputs, box) = (outputs, boxes[0])
    guard outputs.count == 2 else {
      classifier = nil
      return
    }
    guard let task = Classification([outputs[1 - box]]) else { return nil }
    classifier = (1 - box, task)
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    let layers = head.layers(behind: graph.shape(features))
    guard targets.count == 2 else {
      return try graph.chaining(behind: features, layers + [(Dense(4, activation: .sigmoid), "box_output")])
    }
    return try graph.localizing(behind: features, classes: targets[0].classes(head), layers: layers)
  }

  /// A box beside a class has four numbers that no function makes probabilities of a class.
  public static func isUsual(for outputs: [OutputForm]) -> Bool {
    guard outputs.count == 2, let box = boxIndex(outputs) else { return false }
    return Classification.isUsual(for: [outputs[1 - box]])
  }

  public static func kinds(of outputs: [OutputForm]) -> [Column.Kind] {
    let box = boxIndex(outputs)
    return outputs.indices.map { $0 == box ? .boxes : .category }
  }

  private static func boxIndex(_ outputs: [OutputForm]) -> Int? {
    outputs.lastIndex { $0.shape == [4] && $0.ending != .softmax }
  }

  private var encoding: BoxEncoding { outputs[box].target.encoding }

  private func both<Value>(_ ofBox: Value, _ ofClass: (Classification) -> Value) -> [Value] {
    outputs.indices.map { $0 == box ? ofBox : ofClass(classifier!.task) }
  }

  public var losses: [String] { both("mean_squared_error") { $0.losses[0] } }
  public var metrics: [[NamedMetric]] { both([NamedMetric(BoxIoU(encoding), name: "iou")]) { $0.metrics[0] } }
  public var reportMetrics: [[NamedMetric]] { both([NamedMetric(BoxIoUs(encoding))]) { $0.reportMetrics[0] } }
  public var ranking: (output: Int, metric: NamedMetric)? { (box, NamedMetric(BoxIoU(encoding), name: "iou")) }

  public func prediction(_ tensors: [Tensor], lane: Int, top: Int) -> any Prediction {
    let found = Box(SIMD4(tensors[box].sample(lane)), encoding)
    guard let classifier else { return BoxPrediction(box: found, classes: nil) }
    let probabilities = ClassProbabilities.of(
      tensors[classifier.index].sample(lane), outputs[classifier.index].ending)
    return BoxPrediction(
      box: found,
      classes: ClassPrediction(probabilities, names: outputs[classifier.index].target.classNames, top: max(1, top)))
  }

  /// What the classes report, mean IoU, and how many boxes have which IoU.
  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let metric = BoxIoUs(encoding)
    let counts = metric.histogram(states[box][0])
    let bars = counts.enumerated().map { index, count in
      (from: Double(index) / Double(counts.count), to: Double(index + 1) / Double(counts.count), count: count)
    }
    let parts = classifier.map { $0.task.report([states[$0.index]]) } ?? []
    let mean = metric.result(states[box][0])
    let boxes = counts.reduce(0, +)
    return parts + [
      .summary("mean IoU \(ReportText.percent(mean ?? 0)) of \(boxes) boxes"),
      .figures([
        ("meanIoU", .ifFinite(mean)), ("boxes", .integer(boxes)),
      ]),
      .histogram(ReportHistogram(name: "iou", bars: bars)),
    ]
  }
}
