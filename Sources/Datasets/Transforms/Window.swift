import Kernels

/// The effect of a list of flips and crops on one image: which input pixel an output pixel shows, and which outputs
/// show none.
///
/// Output (y, x) shows input (`top` + y, `left` + x), or, where it is flipped or mirrored, (`top` - y, ...) and
/// (..., `left` - x), if it lies in `rows` and `columns`; elsewhere it is zero.
public struct Window: Equatable {
  private(set) var rows: Range<Int>, columns: Range<Int>
  private(set) var top = 0, left = 0
  /// Whether up and down, and left and right, have changed places.
  private(set) var isFlipped = false, isMirrored = false
  private let height: Int, width: Int

  /// The image as it is.
  init(height: Int, width: Int) {
    (self.height, self.width) = (height, width)
    (rows, columns) = (0..<height, 0..<width)
  }

  /// Moves the image up and left by so many pixels (negative: down and right); what leaves is lost, what comes in is
  /// zero.
  mutating func shift(up: Int, left: Int) {
    rows = Window.shift(rows, by: up, size: height)
    columns = Window.shift(columns, by: left, size: width)
    top += isFlipped ? -up : up
    self.left += isMirrored ? -left : left
  }

  /// Mirrors left and right.
  mutating func mirror() {
    columns = (width - columns.upperBound)..<(width - columns.lowerBound)
    left += isMirrored ? -(width - 1) : width - 1
    isMirrored.toggle()
  }

  /// Mirrors up and down.
  mutating func flip() {
    rows = (height - rows.upperBound)..<(height - rows.lowerBound)
    top += isFlipped ? -(height - 1) : height - 1
    isFlipped.toggle()
  }

  /// The row that an output row shows.
  func row(_ row: Int) -> Int { isFlipped ? top - row : top + row }

  /// The same as a map.
  var map: Homography {
    Homography(
      a: isMirrored ? -1 : 1, b: 0, c: Float(isMirrored ? left + 1 : left), d: 0, e: isFlipped ? -1 : 1,
      f: Float(isFlipped ? top + 1 : top))
  }

  private static func shift(_ range: Range<Int>, by offset: Int, size: Int) -> Range<Int> {
    let lower = min(max(range.lowerBound - offset, 0), size)
    return lower..<max(lower, min(range.upperBound - offset, size))
  }
}
