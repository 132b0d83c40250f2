/// Cells around the spatial extent of every channel that a consumer reads as zero, so that it need not test its taps.
public struct Border: Hashable, Sendable {
  public var front: Int, back: Int
  public var top: Int, bottom: Int
  public var left: Int, right: Int

  public init(front: Int = 0, back: Int = 0, top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    (self.front, self.back, self.top, self.bottom, self.left, self.right) = (front, back, top, bottom, left, right)
  }

  public static let none = Border()

  /// The smallest border that satisfies both.
  public func union(_ other: Border) -> Border {
    Border(
      front: max(front, other.front), back: max(back, other.back), top: max(top, other.top),
      bottom: max(bottom, other.bottom), left: max(left, other.left), right: max(right, other.right))
  }

  /// This border with another one around it.
  public func surrounded(by other: Border) -> Border {
    Border(
      front: front + other.front, back: back + other.back, top: top + other.top, bottom: bottom + other.bottom,
      left: left + other.left, right: right + other.right)
  }

  /// The part of this border that lies outside of another one.
  public func beyond(_ other: Border) -> Border {
    Border(
      front: max(0, front - other.front), back: max(0, back - other.back), top: max(0, top - other.top),
      bottom: max(0, bottom - other.bottom), left: max(0, left - other.left), right: max(0, right - other.right))
  }

  /// Whether the two have a side in common.
  public func meets(_ other: Border) -> Bool {
    min(front, other.front) > 0 || min(back, other.back) > 0 || min(top, other.top) > 0
      || min(bottom, other.bottom) > 0 || min(left, other.left) > 0 || min(right, other.right) > 0
  }
}
