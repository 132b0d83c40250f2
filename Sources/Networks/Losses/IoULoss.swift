public import Kernels

/// Intersection over union of boxes, the mean over the boxes of an image:
///
///     1 - IoU, with IoU = I / (U + 1e-7)
///
/// Predictions and targets of shape (..., 4), in pixels or as shares of the image: corners (x1, y1, x2, y2), or with
/// `center_xywh` centre, width and height. I is the area of the intersection, U that of the union; a box whose corners
/// are the wrong way round has no area. Where a corner meets one of the target it has half its slope, so that a box
/// that is its target stays there.
public struct IoULoss: BoxLossLayer {
  public static let kerasName = "IoULoss"
  public static let functionName = "iou"
  public static let function = BoxLoss.iou
  public let format: BoxLoss.Format
  public let reduction: LossReduction

  public init(format: BoxLoss.Format = .corners, reduction: LossReduction = .mean) {
    (self.format, self.reduction) = (format, reduction)
  }
}
