public import Datasets
import Kernels
public import Networks
public import Tensors

/// The class of every pixel: an output (H, W, K) of probabilities or logits, or (H, W, 1) that tells two classes apart;
/// targets are masks of class numbers.
public struct Segmentation: RegisteredTask {
  public static let name = "segmentation"
  public static let targetKind = Column.Kind.mask
  public static let headKeys = ["decoder"]
  private let output: TaskOutput

  public init?(_ outputs: [TaskOutput]) {
    guard outputs.count == 1, outputs[0].target.kind == .mask, outputs[0].shape.rank >= 2 else { return nil }
    output = outputs[0]
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    try graph.segmenting(behind: features, classes: targets[0].classes(head), by: head.decoder ?? .unet)
  }

  public static func isUsual(for outputs: [OutputForm]) -> Bool { outputs.count == 1 && outputs[0].shape.rank > 1 }

  private var isOfTwo: Bool { output.shape.channels == 1 }
  private var classes: Int { isOfTwo ? 2 : output.shape.channels }

  private var confusion: any ConfusionMetric {
    isOfTwo ? BinaryIoU() : MeanIoU(IoUSettings(classes: classes, ignoredClass: output.target.void))
  }

  public var losses: [String] { [isOfTwo ? "binary_crossentropy" : "sparse_categorical_crossentropy"] }

  public var metrics: [[NamedMetric]] {
    isOfTwo
      ? [[NamedMetric(BinaryAccuracy()), NamedMetric(BinaryIoU(), name: "binary_iou")]]
      : [[NamedMetric(PixelAccuracy(ignoredClass: output.target.void)), NamedMetric(confusion, name: "mean_iou")]]
  }

  public var reportMetrics: [[NamedMetric]] { [[NamedMetric(confusion, name: "mean_iou")]] }
  public var ranking: (output: Int, metric: NamedMetric)? { (0, NamedMetric(confusion, name: "mean_iou")) }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    let (scores, channels) = (outputs[0].sample(lane), output.shape.channels)
    let threshold: Float = output.ending == .sigmoid ? 0.5 : 0
    let numbers = (0..<scores.count / channels).map { pixel in
      let values = scores[pixel * channels..<(pixel + 1) * channels]
      if isOfTwo { return values.first! > threshold ? 1 : 0 }
      return values.indices.max { (values[$0], $1) < (values[$1], $0) }! - values.startIndex
    }
    return MaskPrediction(
      classes: numbers, height: output.shape.rank == 3 ? output.shape.height : 1, width: output.shape.width,
      names: output.target.classNames)
  }

  /// Of every class, its pixels in masks and predictions, what they have in common, and IoU.
  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let state = states[0][0]
    let unions = confusion.classIoUs(state)
    let matrix = unions.indices.map { wanted in
      unions.indices.map { Int(state.tally(wanted * unions.count + $0)) }
    }
    let total = matrix.reduce(0) { $0 + $1.reduce(0, +) }
    let right = matrix.indices.reduce(0) { $0 + matrix[$1][$1] }
    let names = unions.indices.map { output.target.className($0) }
    let rows = unions.enumerated().map { index, iou in
      [
        .string(names[index]), .integer(matrix[index].reduce(0, +)), .integer(matrix.reduce(0) { $0 + $1[index] }),
        .integer(matrix[index][index]), .ifFinite(iou),
      ] as [JSONValue]
    }
    let accuracy = total == 0 ? nil : Double(right) / Double(total)
    let mean = confusion.result(state)
    var table = ReportTable(
      name: "classes", file: "classes.csv",
      columns: [
        .init("class", "name", .text), .init("pixels", "pixels", .count), .init("predicted", "predicted", .count),
        .init("correct", "correct", .count), .init("iou", "iou", .share),
      ], rows: rows)
    table.footer = [.string("mean"), .integer(total), .null, .null, .ifFinite(mean)]
    return [
      .summary(
        "mean IoU \(ReportText.percent(mean ?? 0))  \(ReportText.percent(accuracy ?? 0)) of the pixels right"),
      .figures([
        ("pixels", .integer(total)), ("pixelAccuracy", .ifFinite(accuracy)),
        ("meanIoU", .ifFinite(mean)),
      ]),
      .table(table),
      .matrix(
        ReportMatrix(
          name: "confusion", title: "\(ReportText.percent(accuracy ?? 0)) of \(total) pixels right", classNames: names,
          rows: matrix)),
    ]
  }
}
