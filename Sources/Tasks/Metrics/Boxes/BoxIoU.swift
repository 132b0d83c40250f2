public import Datasets
import Kernels
public import Networks
public import Tensors

/// Mean over boxes of the intersection of the output's box and the target's, divided by their union. Outputs and
/// targets (4) or (N, 4): the same places hold the same boxes. A target without an area is no box and does not count.
/// Numbers in one `bounding_box_format`, `xyxy` unless said; with `sqrt`, width and height are given as square roots.
/// Keras does not have it.
public struct BoxIoU: Metric {
  public static let kerasName = "BoxIoU"
  public static let functionName = "box_iou"
  public static let aliases = ["iou"]
  public static let isInKeras = false
  private static let formats = BoxEncoding.allCases.filter { !$0.isSquareRoot }.map(\.rawValue)
  public let encoding: BoxEncoding

  public init(_ encoding: BoxEncoding = .xyxy) { self.encoding = encoding }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let format = try configuration.string("bounding_box_format", default: BoxEncoding.xyxy.format)
    guard BoxIoU.formats.contains(format) else {
      throw ImportError(
        "\(configuration.place): bounding_box_format is '\(format)', but must be one of "
          + "\(BoxIoU.formats.joined(separator: ", ")).")
    }
    guard let encoding = BoxEncoding(format: format, isSquareRoot: try configuration.bool("sqrt", default: false))
    else { throw ImportError("\(configuration.place): 'sqrt' is of width and height; choose xywh or center_xywh.") }
    self.encoding = encoding
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["bounding_box_format": .string(encoding.format), "sqrt": .bool(encoding.isSquareRoot)]
  }

  public var isBetterHigher: Bool { true }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    guard output == target, (1...2).contains(output.rank), output.channels == 4 else {
      throw ShapeError(
        "the metric 'box_iou' wants an output and a target of four numbers for each box, (4,) or (N, 4), but they are "
          + "\(output) and \(target).")
    }
    return MetricState(tallies: 1, sums: 1, isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    forEachBox(output, target, live) { lane, iou in state.addMean(iou, weight: weights?[lane]) }
  }

  /// The IoU of every box that there is.
  func forEachBox(_ output: Tensor, _ target: Tensor, _ live: Int, _ body: (_ lane: Int, _ iou: Double) -> Void) {
    for lane in 0..<live {
      for index in 0..<output.shape.width {
        let wanted = box(target, lane, index)
        if wanted.area > 0 { body(lane, box(output, lane, index).iou(wanted)) }
      }
    }
  }

  public func values(_ state: MetricState) -> [Double] { state.mean.map { [$0] } ?? [] }

  private func box(_ tensor: Tensor, _ lane: Int, _ index: Int) -> Box {
    func number(_ channel: Int) -> Float { tensor[lane: lane, depth: 0, height: 0, width: index, channel: channel] }
    return Box(SIMD4(number(0), number(1), number(2), number(3)), encoding)
  }
}
