public import Kernels

/// Intersection over union of boxes, and the distance of their centres, the mean over the boxes of an image:
///
///     1 - IoU + r^2 / (d^2 + 1e-7), with r the distance and d the diagonal of the smallest box around both
///
/// Predictions and targets of shape (..., 4), in pixels or as shares of the image: corners (x1, y1, x2, y2), or with
/// `center_xywh` centre, width and height. I is the area of the intersection, U that of the union; a box whose corners
/// are the wrong way round has no area. Where a corner meets one of the target it has half its slope, so that a box
/// that is its target stays there.
///
/// Source: Zheng et al., "Distance-IoU Loss", 2020.
public struct DIoULoss: BoxLossLayer {
  public static let kerasName = "DIoULoss"
  public static let functionName = "diou"
  public static let function = BoxLoss.diou
  public let format: BoxLoss.Format
  public let reduction: LossReduction

  public init(format: BoxLoss.Format = .corners, reduction: LossReduction = .mean) {
    (self.format, self.reduction) = (format, reduction)
  }
}
