internal import CKernels
public import Tensors

/// Where the pixels of a picture come from: a homography, and a shift of each pixel besides, if there is one.
///
/// y(p) = x(map(p) + shift(p)), between four pixels or of the nearest one. What comes from outside is filled as
/// TensorFlow's `ImageProjectiveTransformV3` does it, and with shifts as Keras's `map_coordinates`. The two differ in
/// what they show between the last pixel and the first of a picture that wraps around, and the latter mirrors what is
/// left of the first pixel, or above it, at the middle of that pixel.
public struct PictureMap: Sendable {
  public var homography: Homography
  public var fill: Fill
  /// `bilinear` or `nearest`.
  public var interpolation: Interpolation
  /// For each output pixel, to the right and down; nil for none.
  public var shifts: (right: Buffer, down: Buffer)?

  public init(
    _ homography: Homography, _ fill: Fill = Fill(), _ interpolation: Interpolation = .bilinear,
    shifts: (right: Buffer, down: Buffer)? = nil
  ) {
    precondition(interpolation == .bilinear || interpolation == .nearest)
    (self.homography, self.fill, self.interpolation, self.shifts) = (homography, fill, interpolation, shifts)
  }

  /// Writes y. `output` may not be `input`.
  public func apply(_ input: FloatPicture, into output: FloatPicture) {
    precondition(input.channels == output.channels)
    let (from, to) = (input.numbers, output.numbers)
    if let moved = wholePixels {
      defer { withExtendedLifetime((from, to)) {} }
      unsafe PictureMap.move(
        from.pointer, input.size, to.pointer, output.size, input.channels, by: moved, fill, outside: Float(fill.value))
      return
    }
    unsafe withMap(input.size, output.size, input.channels) { map in
      switch interpolation {
      case .nearest: unsafe ck_picture_nearest(from.pointer, to.pointer, map, Float(fill.value))
      default: unsafe ck_picture_bilinear(from.pointer, to.pointer, map, Float(fill.value))
      }
    }
  }

  /// Writes dx of dy: the transpose.
  public func differentiate(gradient: FloatPicture, into inputGradient: FloatPicture) {
    precondition(gradient.channels == inputGradient.channels)
    inputGradient.numbers.fill(0)
    let (from, to) = (gradient.numbers, inputGradient.numbers)
    unsafe withMap(inputGradient.size, gradient.size, gradient.channels) { map in
      switch interpolation {
      case .nearest: unsafe ck_picture_nearest_backward(from.pointer, to.pointer, map)
      default: unsafe ck_picture_bilinear_backward(from.pointer, to.pointer, map)
      }
    }
  }

  /// Writes the mask of the output: bytes, of which the nearest is taken.
  ///
  /// - Parameters:
  ///   - input, output: the memory of bytes.
  ///   - outside: of pixels from outside, where one number fills them.
  public func applyToMask(
    _ input: Buffer, _ size: ImageSize, into output: Buffer, _ newSize: ImageSize, channels: Int = 1, outside: UInt8
  ) {
    precondition(4 * input.count >= size.height * size.width * channels)
    precondition(4 * output.count >= newSize.height * newSize.width * channels)
    if let moved = wholePixels {
      defer { withExtendedLifetime((input, output)) {} }
      unsafe PictureMap.move(
        UnsafeRawPointer(input.pointer).assumingMemoryBound(to: UInt8.self), size,
        UnsafeMutableRawPointer(output.pointer).assumingMemoryBound(to: UInt8.self), newSize, channels, by: moved, fill,
        outside: outside)
      return
    }
    unsafe withMap(size, newSize, channels) { map in
      unsafe input.pointer.withMemoryRebound(to: UInt8.self, capacity: 4 * input.count) { from in
        unsafe output.pointer.withMemoryRebound(to: UInt8.self, capacity: 4 * output.count) { to in
          unsafe ck_picture_nearest_bytes(from, to, map, outside)
        }
      }
    }
  }

  /// By how many whole pixels it moves, if it does nothing else and nothing comes in from the other side.
  private var wholePixels: (right: Int, down: Int)? {
    shifts == nil && fill.mode != .wrap ? homography.wholePixels : nil
  }

  /// Takes whole pixels from another place: what is inside row by row, what is outside one by one.
  private static func move<Number>(
    _ input: UnsafePointer<Number>, _ size: ImageSize, _ output: UnsafeMutablePointer<Number>, _ newSize: ImageSize,
    _ channels: Int, by moved: (right: Int, down: Int), _ fill: Fill, outside: Number
  ) {
    let first = min(max(-moved.right, 0), newSize.width)
    let inside = first..<max(first, min(size.width - moved.right, newSize.width))
    for row in 0..<newSize.height {
      let target = unsafe output + row * newSize.width * channels
      guard let from = fill.index(row + moved.down, of: size.height) else {
        unsafe target.update(repeating: outside, count: newSize.width * channels)
        continue
      }
      let source = unsafe input + from * size.width * channels
      unsafe (target + inside.lowerBound * channels).update(
        from: source + (inside.lowerBound + moved.right) * channels, count: inside.count * channels)
      for columns in [0..<inside.lowerBound, inside.upperBound..<newSize.width] {
        for column in columns {
          let place = fill.index(column + moved.right, of: size.width)
          for channel in 0..<channels {
            unsafe target[column * channels + channel] = place.map { unsafe source[$0 * channels + channel] } ?? outside
          }
        }
      }
    }
  }

  private func withMap(
    _ input: ImageSize, _ output: ImageSize, _ channels: Int, _ body: (UnsafePointer<ck_picture_map>) -> Void
  ) {
    let mode: ck_fill =
      switch fill.mode {
      case .reflect: CK_REFLECT
      case .wrap: CK_WRAP
      case .constant: CK_CONSTANT
      case .nearest: CK_NEAREST
      }
    let h = homography
    defer { withExtendedLifetime(shifts) {} }
    if let shifts { precondition(min(shifts.right.count, shifts.down.count) >= output.height * output.width) }
    var map = unsafe ck_picture_map(
      a: h.a, b: h.b, c: h.c, d: h.d, e: h.e, f: h.f, g: h.g, h: h.h,
      right: shifts.map { unsafe UnsafePointer($0.right.pointer) },
      down: shifts.map { unsafe UnsafePointer($0.down.pointer) }, input_height: input.height,
      input_width: input.width, output_height: output.height, output_width: output.width, channels: channels,
      fill: mode)
    unsafe body(&map)
  }
}
