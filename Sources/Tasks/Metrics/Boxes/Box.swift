public import Datasets

/// A rectangle, in the units of the image or as shares of its width and height.
public struct Box: Hashable, Sendable, Codable {
  public var left: Double
  public var top: Double
  public var right: Double
  public var bottom: Double

  public init(left: Double, top: Double, right: Double, bottom: Double) {
    (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
  }

  /// - Parameter numbers: as a network gives them.
  public init(_ numbers: SIMD4<Float>, _ encoding: BoxEncoding) {
    let sides = encoding.decode(SIMD4<Double>(numbers))
    self.init(left: sides.x, top: sides.y, right: sides.z, bottom: sides.w)
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
