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
