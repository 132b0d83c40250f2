/// The meaning of four numbers that describe a box, along the axes x (to the right) and y (down). Keras's names of
/// formats.
public enum BoxFormat: String, Sendable, CaseIterable {
  /// Left, top, right, bottom.
  case xyxy
  /// Top, left, bottom, right.
  case yxyx
  /// Left, top, width, height.
  case xywh
  /// Middle, width, height.
  case centerXYWH = "center_xywh"

  /// - Parameter isSquareRoot: whether width and height were given as their square roots.
  func box(_ numbers: SIMD4<Float>, isSquareRoot: Bool = false) -> Box {
    var values = SIMD4<Double>(numbers)
    if isSquareRoot {
      values.z *= values.z
      values.w *= values.w
    }
    return switch self {
    case .xyxy: Box(left: values.x, top: values.y, right: values.z, bottom: values.w)
    case .yxyx: Box(left: values.y, top: values.x, right: values.w, bottom: values.z)
    case .xywh: Box(left: values.x, top: values.y, right: values.x + values.z, bottom: values.y + values.w)
    case .centerXYWH:
      Box(
        left: values.x - values.z / 2, top: values.y - values.w / 2, right: values.x + values.z / 2,
        bottom: values.y + values.w / 2)
    }
  }
}

/// A rectangle, in the units of the image or as shares of its width and height.
public struct Box: Hashable, Sendable, Codable {
  public var left: Double
  public var top: Double
  public var right: Double
  public var bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// 0 where the right side is left of the left one, or the bottom above the top.
  public var area: Double { max(0, right - left) * max(0, bottom - top) }

  /// The area that both have in common, divided by the area that either has; 0 where neither has any.
  public func iou(_ other: Box) -> Double {
    let (width, height) = (
      min(right, other.right) - max(left, other.left), min(bottom, other.bottom) - max(top, other.top)
    )
    let common = max(0, width) * max(0, height)
    let union = area + other.area - common
    // The larger of 0 and NaN is 0: NaN must come through.
    if (left + top + right + bottom).isNaN { return .nan }
    return union == 0 ? 0 : common / union
  }
}
