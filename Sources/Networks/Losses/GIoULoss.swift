public import Kernels

/// Generalised intersection over union of boxes, the mean over the boxes of an image:
///
///     1 - IoU + (E - U) / (E + 1e-7), with E the area of the smallest box around both
///
/// Predictions and targets of shape (..., 4), in pixels or as shares of the image: corners (x1, y1, x2, y2), or with
/// `center_xywh` centre, width and height. I is the area of the intersection, U that of the union; a box whose corners
/// are the wrong way round has no area. Where a corner meets one of the target it has half its slope, so that a box
/// that is its target stays there.
///
/// Source: Rezatofighi et al., "Generalized Intersection over Union", 2019. It has a gradient where boxes lie apart.
public struct GIoULoss: BoxLossLayer {
  public static let kerasName = "GIoULoss"
  public static let functionName = "giou"
  public static let function = BoxLoss.giou
  public let format: BoxLoss.Format
  public let reduction: LossReduction

  public init(format: BoxLoss.Format = .corners, reduction: LossReduction = .mean) {
    (self.format, self.reduction) = (format, reduction)
  }
}
