/// A number of a pixel: a byte, or a float of which white is 1.
protocol PixelNumber: BitwiseCopyable {
  static var white: Self { get }

  init(nearest value: Float)

  var float: Float { get }

  /// The grey of a colour: 0.2989 R + 0.587 G + 0.114 B (Keras's `rgb_to_grayscale`).
  static func grey(_ red: Self, _ green: Self, _ blue: Self) -> Self
}

extension UInt8: PixelNumber {
  static var white: UInt8 { 255 }

  init(nearest value: Float) { self = UInt8(value.rounded()) }

  var float: Float { Float(self) }

  /// In parts of 65,536. Greys stay what they are.
  static func grey(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> UInt8 {
    let luma: Int = Int(red) * 19589 + Int(green) * 38470 + Int(blue) * 7471
    return UInt8((luma + 0x8000) >> 16)
  }
}

extension Float: PixelNumber {
  static var white: Float { 1 }

  init(nearest value: Float) { self = value }

  var float: Float { self }

  static func grey(_ red: Float, _ green: Float, _ blue: Float) -> Float { 0.2989 * red + 0.587 * green + 0.114 * blue }
}
