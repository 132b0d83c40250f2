import Datasets
import Networks
import Tensors

/// A histogram of the intersections over union of boxes, in ten equal bins, and the mean as in `BoxIoU`. Evaluation's
/// own.
struct BoxIoUs: Metric {
  static let kerasName = "BoxIoUs"
  static let functionName = "box_ious"
  static let isInKeras = false
  private static let bins = 10
  private let metric: BoxIoU

  init(_ encoding: BoxEncoding) { metric = BoxIoU(encoding) }
  init(keras configuration: LayerConfiguration) throws(ImportError) { metric = try BoxIoU(keras: configuration) }
  func kerasConfiguration() -> [String: JSONValue] { metric.kerasConfiguration() }
  var isBetterHigher: Bool { true }

  /// Tally 0 counts boxes; the others, those of each bin.
  func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    _ = try metric.makeState(output: output, target: target, isWeighted: isWeighted)
    return MetricState(tallies: 1 + BoxIoUs.bins, sums: 1, isWeighted: isWeighted)
  }

  func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    metric.forEachBox(output, target, live) { lane, iou in
      state.addMean(iou, weight: weights?[lane])
      let bin = iou.isNaN ? 0 : min(BoxIoUs.bins - 1, Int(iou * Double(BoxIoUs.bins)))
      state.count(1 + bin, 1, weight: weights?[lane])
    }
  }

  func values(_ state: MetricState) -> [Double] { state.mean.map { [$0] } ?? [] }

  func histogram(_ state: MetricState) -> [Int] { (0..<BoxIoUs.bins).map { Int(state.tally(1 + $0)) } }
}
