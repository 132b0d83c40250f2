public import Kernels

/// Intersection over union of boxes, the distance of their centres, and their aspect ratios, the mean over the boxes of
/// an image:
///
///     1 - IoU + r^2 / (d^2 + 1e-7) + a v
///     v = 4 / pi^2 (atan(w_p / h_p) - atan(w_t / h_t))^2
///     a = v / (1 - IoU + v + 1e-7)
///
/// Predictions and targets of shape (..., 4), in pixels or as shares of the image: corners (x1, y1, x2, y2), or with
/// `center_xywh` centre, width and height. I is the area of the intersection, U that of the union; a box whose corners
/// are the wrong way round has no area. Where a corner meets one of the target it has half its slope, so that a box
/// that is its target stays there.
///
/// Source: Zheng et al., "Distance-IoU Loss", 2020. The gradient is that of the formula, as in KerasCV; the authors'
/// own program takes a for a constant.
public struct CIoULoss: BoxLossLayer {
  public static let kerasName = "CIoULoss"
  public static let functionName = "ciou"
  public static let function = BoxLoss.ciou
  public let format: BoxLoss.Format
  public let reduction: LossReduction

  public init(format: BoxLoss.Format = .corners, reduction: LossReduction = .mean) {
    (self.format, self.reduction) = (format, reduction)
  }
}
