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
}
