internal import CKernels
public import Tensors

/// How far a predicted box is from its target; boxes are the four channels of each position. The loss of an image is
/// the sum over its boxes, divided by `divisor`. With I the area of the intersection, U of the union, E of the
/// smallest box around both, d its diagonal, r the distance of the centres, w and h widths and heights, and e = 10^-7:
public enum BoxLoss: Hashable, Sendable {
  /// 1 - IoU, IoU = I / (U + e)
  case iou
  /// 1 - IoU + (E - U) / (E + e): Rezatofighi et al., "Generalized Intersection over Union", 2019
  case giou
  /// 1 - IoU + r^2 / (d^2 + e): Zheng et al., "Distance-IoU Loss", 2020
  case diou
  /// The same + a v, with v = 4 / pi^2 (atan(w_p / h_p) - atan(w_t / h_t))^2, a = v / (1 - IoU + v + e). The derivative
  /// takes a as the function that it is.
  case ciou

  /// The meaning of the four numbers: two corners (x1, y1, x2, y2), or centre, width and height.
  public enum Format: String, CaseIterable, Sendable {
    case corners = "xyxy"
    case centre = "center_xywh"
  }

  /// Writes the loss of each live image; 0 in dead lanes.
  public func measure(
    _ predictions: Tensor, target: Tensor, format: Format, live: Int, divisor: Double, into losses: LaneNumbers
  ) {
    unsafe boxes(predictions, target)
      .measure(live: live, divisor: divisor, into: losses) { input, sums in
        unsafe ck_box_loss(kernel, format == .centre ? 1 : 0, input, sums)
      }
  }

  /// Writes the gradient of each image's loss times its factor; 0 where the factor is 0, and so in dead lanes. Where
  /// two corners meet, each of them moves what both have in common by half.
  ///
  /// - Parameter factors: a float for each lane, of shape (1).
  public func differentiate(
    _ predictions: Tensor, target: Tensor, format: Format, factors: Tensor, divisor: Double, into gradient: Tensor
  ) {
    unsafe boxes(predictions, target)
      .differentiate(factors: factors, divisor: divisor, into: gradient) { input, output in
        unsafe ck_box_loss_backward(kernel, format == .centre ? 1 : 0, input, output)
      }
  }

  private func boxes(_ predictions: Tensor, _ target: Tensor) -> Predictions {
    precondition(predictions.layout.channels == 4, "a box is four numbers, but the shape is \(predictions.shape)")
    return Predictions(predictions, target: target) { $0 == 0 }
  }

  private var kernel: ck_box_kind {
    switch self {
    case .iou: CK_IOU
    case .giou: CK_GIOU
    case .diou: CK_DIOU
    case .ciou: CK_CIOU
    }
  }
}
