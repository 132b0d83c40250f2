import Tensors

/// A decoded image: row-major, channels last.
struct Image {
  /// (H, W, C); a second or fourth channel is alpha, how far a pixel covers what is behind it.
  let shape: Shape
  let pixels: Pixels

  enum Pixels {
    case bytes([UInt8])
    /// White is 1 where files hold integers.
    case floats([Float])
  }

  init(shape: Shape, _ pixels: Pixels) { (self.shape, self.pixels) = (shape, pixels) }

  init(shape: Shape, bytes: [UInt8]) { self.init(shape: shape, .bytes(bytes)) }

  /// A column of a picture.
  init(_ sample: Sample, _ column: Int) {
    let (shape, element) = (sample.columns[column].shape, sample.columns[column].element)
    self.init(shape: shape, element == .byte ? .bytes(sample.bytes(of: column)) : .floats(sample.numbers(of: column)))
  }

  /// Those of an image of bytes.
  var bytes: [UInt8] {
    guard case .bytes(let bytes) = pixels else { preconditionFailure("the image is one of floats") }
    return bytes
  }

  /// The same shape or another one with pixels that are made alike from either kind of number.
  func with(
    _ shape: Shape, _ bytes: ([UInt8]) -> [UInt8], _ floats: ([Float]) -> [Float]
  ) -> Image {
    switch pixels {
    case .bytes(let numbers): Image(shape: shape, .bytes(bytes(numbers)))
    case .floats(let numbers): Image(shape: shape, .floats(floats(numbers)))
    }
  }

  /// Writes the image as it is.
  func copy(into target: inout MutableRawSpan) {
    unsafe target.withUnsafeMutableBytes { target in
      switch pixels {
      case .bytes(let bytes): unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      case .floats(let floats): unsafe floats.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      }
    }
  }

  /// Writes the image at another size by bilinear interpolation; bytes are rounded.
  ///
  /// Pixel centres lie at half-integers: output i reads position (i + 1/2) * n/m - 1/2 of n input pixels for m output
  /// pixels; neighbours beyond the edge are the edge pixel; no antialiasing (Keras, `Resizing` with `bilinear`).
  ///
  /// - Parameter target: height * width * channels numbers.
  func resize(height: Int, width: Int, into target: inout MutableRawSpan) {
    switch pixels {
    case .bytes(let bytes): resize(bytes, height, width, &target)
    case .floats(let floats): resize(floats, height, width, &target)
    }
  }

  private func resize<Number: PixelNumber>(
    _ numbers: [Number], _ height: Int, _ width: Int, _ target: inout MutableRawSpan
  ) {
    let (channels, size) = (shape.channels, MemoryLayout<Number>.size)
    precondition(target.byteCount == height * width * channels * size)
    let rows = Image.taps(from: shape.height, to: height)
    let columns = Image.taps(from: shape.width, to: width)
    let stride = shape.width * channels
    var offset = 0
    for row in rows {
      let (above, below) = (row.first * stride, row.second * stride)
      for column in columns {
        let (left, right) = (column.first * channels, column.second * channels)
        for channel in 0..<channels {
          let top = Image.mix(numbers[above + left + channel], numbers[above + right + channel], column.fraction)
          let bottom = Image.mix(numbers[below + left + channel], numbers[below + right + channel], column.fraction)
          let value = top + (bottom - top) * row.fraction
          target.storeBytes(of: Number(nearest: value), toByteOffset: offset, as: Number.self)
          offset += size
        }
      }
    }
  }

  /// Writes an image of bytes at another size, each pixel as the one of the image whose centre is nearest (Keras,
  /// `Resizing` with `nearest`): nothing is blended.
  ///
  /// - Parameter target: height * width * channels bytes.
  func resizeNearest(height: Int, width: Int, into target: inout MutableRawSpan) {
    let (channels, bytes) = (shape.channels, bytes)
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

  private static func mix<Number: PixelNumber>(_ first: Number, _ second: Number, _ fraction: Float) -> Float {
    first.float + (second.float - first.float) * fraction
  }
}
