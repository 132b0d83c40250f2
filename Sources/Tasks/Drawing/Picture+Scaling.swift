public import Tensors

extension Picture {
  /// An image of numbers as they are stored: 0 to 255, 0 to 1, or from the least to the greatest.
  ///
  /// - Parameters:
  ///   - numbers: row-major, channels last.
  ///   - shape: (H, W, C); of more channels than colours have, the first one is shown.
  public init(numbers: [Float], shape: Shape) {
    let channels = shape.channels
    let shown = channels == 3 ? [0, 1, 2] : [0, 0, 0]
    let finite = numbers.filter(\.isFinite)
    var (least, greatest) = (finite.min() ?? 0, finite.max() ?? 1)
    // Rounding leaves a little outside of the usual ranges.
    let slack: Float = 0.01
    if least >= -slack, greatest <= 1 + slack {
      (least, greatest) = (0, 1)
    } else if least >= -255 * slack, greatest <= 255 * (1 + slack) {
      (least, greatest) = (0, 255)
    }
    let range = greatest > least ? greatest - least : 1
    let bytes = (0..<shape.height * shape.width).flatMap { pixel in
      shown.map { channel in
        let number = numbers[pixel * channels + channel]
        return number.isFinite ? UInt8((min(max((number - least) / range, 0), 1) * 255).rounded()) : 0
      }
    }
    self.init(height: shape.height, width: shape.width, bytes: bytes)
  }

  /// A cross on grey, in the place of an image that cannot be read.
  public static let crossed: Picture = {
    let side = 64
    var picture = Picture(height: side, width: side, bytes: Array(repeating: 200, count: side * side * 3))
    for place in 0..<side {
      picture[place, place] = .black
      picture[place, side - 1 - place] = .black
    }
    return picture
  }()

  /// The picture with each pixel as a square of pixels, as large as still fits.
  public func enlarged(to side: Int) -> Picture {
    let factor = side / max(1, max(height, width))
    guard factor > 1 else { return self }
    var larger = Picture(
      height: height * factor, width: width * factor,
      bytes: Array(repeating: 0, count: height * width * factor * factor * 3))
    for row in 0..<larger.height {
      for column in 0..<larger.width { larger[row, column] = self[row / factor, column / factor] }
    }
    return larger
  }

  /// The picture made smaller where it is larger than so many pixels either way: means of the pixels of each place.
  public func reduced(to side: Int) -> Picture {
    let longest = max(height, width)
    guard longest > side else { return self }
    let (tall, wide) = (max(1, height * side / longest), max(1, width * side / longest))
    var smaller = Picture(height: tall, width: wide, bytes: Array(repeating: 0, count: tall * wide * 3))
    for row in 0..<tall {
      let rows = row * height / tall..<max(row * height / tall + 1, (row + 1) * height / tall)
      for column in 0..<wide {
        let columns = column * width / wide..<max(column * width / wide + 1, (column + 1) * width / wide)
        var (red, green, blue) = (0, 0, 0)
        for y in rows {
          for x in columns {
            let color = self[y, x]
            (red, green, blue) = (red + Int(color.red), green + Int(color.green), blue + Int(color.blue))
          }
        }
        let count = rows.count * columns.count
        smaller[row, column] = Color(red: UInt8(red / count), green: UInt8(green / count), blue: UInt8(blue / count))
      }
    }
    return smaller
  }

  /// Puts another picture on this one, as far as it lies inside.
  mutating func paste(_ other: Picture, row: Int, column: Int) {
    for y in 0..<min(other.height, height - row) {
      for x in 0..<min(other.width, width - column) { self[row + y, column + x] = other[y, x] }
    }
  }
}
