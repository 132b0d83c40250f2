import Tensors

/// A decoded image: bytes, row-major, channels last.
struct Image {
  /// (H, W, C)
  let shape: Shape
  let bytes: [UInt8]

  init(shape: Shape, bytes: [UInt8]) { (self.shape, self.bytes) = (shape, bytes) }

  /// A column of bytes.
  init(_ sample: Sample, _ column: Int) {
    self.init(shape: sample.columns[column].shape, bytes: sample.bytes(of: column))
  }

  /// An RGB image in grey: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), in Pillow's fixed-point form. Grey stays as it
  /// is.
  func grey() -> Image {
    precondition(shape.channels == 3)
    let grey = stride(from: 0, to: bytes.count, by: 3).map { pixel in
      let (red, green, blue) = (Int(bytes[pixel]), Int(bytes[pixel + 1]), Int(bytes[pixel + 2]))
      let luma: Int = red * 19595 + green * 38470 + blue * 7471
      return UInt8((luma + 0x8000) >> 16)
    }
    return Image(shape: Shape(shape.height, shape.width, 1), bytes: grey)
  }

  /// Writes the image at another size by bilinear interpolation, rounded to whole bytes.
  ///
  /// Pixel centres lie at half-integers: output i reads position (i + 1/2) * n/m - 1/2 of n input pixels for m output
  /// pixels; neighbours beyond the edge are the edge pixel; no antialiasing (Keras, `Resizing` with `bilinear`).
  ///
  /// - Parameter target: height * width * channels bytes.
  func resize(height: Int, width: Int, into target: inout MutableRawSpan) {
    let channels = shape.channels
    precondition(target.byteCount == height * width * channels)
    let rows = Image.taps(from: shape.height, to: height)
    let columns = Image.taps(from: shape.width, to: width)
    let stride = shape.width * channels
    var offset = 0
    for row in rows {
      let (above, below) = (row.first * stride, row.second * stride)
      for column in columns {
        let (left, right) = (column.first * channels, column.second * channels)
        for channel in 0..<channels {
          let top = Image.mix(bytes[above + left + channel], bytes[above + right + channel], column.fraction)
          let bottom = Image.mix(bytes[below + left + channel], bytes[below + right + channel], column.fraction)
          let value = top + (bottom - top) * row.fraction
          target.storeBytes(of: UInt8(value.rounded()), toByteOffset: offset, as: UInt8.self)
          offset += 1
        }
      }
    }
  }

  /// Writes the image at another size, each pixel as the one of the image whose centre is nearest (Keras, `Resizing`
  /// with `nearest`): nothing is blended.
  ///
  /// - Parameter target: height * width * channels bytes.
  func resizeNearest(height: Int, width: Int, into target: inout MutableRawSpan) {
    let channels = shape.channels
    precondition(target.byteCount == height * width * channels)
    let columns = (0..<width).map { (2 * $0 + 1) * shape.width / (2 * width) * channels }
    var offset = 0
    for row in 0..<height {
      let start = (2 * row + 1) * shape.height / (2 * height) * shape.width * channels
      for column in columns {
        for channel in 0..<channels {
          target.storeBytes(of: bytes[start + column + channel], toByteOffset: offset, as: UInt8.self)
          offset += 1
        }
      }
    }
  }

  /// The two inputs that an output lies between, and how far it is from the first to the second.
  private struct Tap {
    var first: Int, second: Int
    var fraction: Float
  }

  private static func taps(from input: Int, to output: Int) -> [Tap] {
    (0..<output).map { index in
      let position = (Double(index) + 0.5) * Double(input) / Double(output) - 0.5
      let floor = position.rounded(.down)
      let first = Int(floor)
      return Tap(
        first: min(max(first, 0), input - 1), second: min(max(first + 1, 0), input - 1),
        fraction: Float(position - floor))
    }
  }

  private static func mix(_ first: UInt8, _ second: UInt8, _ fraction: Float) -> Float {
    Float(first) + (Float(second) - Float(first)) * fraction
  }
}
