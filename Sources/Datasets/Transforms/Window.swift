/// The effect of a list of flips and crops on one image: which input pixel an output pixel shows, and which outputs
/// show none.
///
/// Output (y, x) shows input (y + `top`, `left` + x) or, mirrored, (y + `top`, `left` - x), if it lies in `rows` and
/// `columns`; elsewhere it is zero.
struct Window: Equatable {
  private(set) var rows: Range<Int>, columns: Range<Int>
  private(set) var top = 0, left = 0
  private(set) var isMirrored = false
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
    top += up
    self.left += isMirrored ? -left : left
  }

  /// Mirrors left and right.
  mutating func mirror() {
    columns = (width - columns.upperBound)..<(width - columns.lowerBound)
    left += isMirrored ? -(width - 1) : width - 1
    isMirrored.toggle()
  }

  private static func shift(_ range: Range<Int>, by offset: Int, size: Int) -> Range<Int> {
    let lower = min(max(range.lowerBound - offset, 0), size)
    return lower..<max(lower, min(range.upperBound - offset, size))
  }
}
