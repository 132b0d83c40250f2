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
  public func apply(_ input: Picture, into output: Picture) {
    precondition(input.channels == output.channels)
    let (from, to) = (input.numbers, output.numbers)
    withMap(input.size, output.size, input.channels) { map in
      switch interpolation {
      case .nearest: unsafe ck_picture_nearest(from.pointer, to.pointer, map, Float(fill.value))
      default: unsafe ck_picture_bilinear(from.pointer, to.pointer, map, Float(fill.value))
      }
    }
  }

  /// Writes dx of dy: the transpose.
  public func differentiate(gradient: Picture, into inputGradient: Picture) {
    precondition(gradient.channels == inputGradient.channels)
    inputGradient.numbers.fill(0)
    let (from, to) = (gradient.numbers, inputGradient.numbers)
    withMap(inputGradient.size, gradient.size, gradient.channels) { map in
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
    withMap(size, newSize, channels) { map in
      unsafe input.pointer.withMemoryRebound(to: UInt8.self, capacity: 4 * input.count) { from in
        unsafe output.pointer.withMemoryRebound(to: UInt8.self, capacity: 4 * output.count) { to in
          unsafe ck_picture_nearest_bytes(from, to, map, outside)
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
