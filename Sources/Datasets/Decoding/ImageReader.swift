/// A reader of one format of image files. Making one reads the header and takes no memory for pixels.
protocol ImageReader {
  /// - Parameter place: what messages call the file.
  init(_ file: [UInt8], _ place: String) throws(DataError)

  var header: ImageHeader { get }

  /// The image as it lies in the file: grey or colours, and alpha where it is wanted and there.
  ///
  /// - Parameters:
  ///   - keepsAlpha: whether a channel of alpha is wanted.
  ///   - reduction: 1, 2, 4 or 8; an image of that part of the size does, if the format gives it for less work.
  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image
}

/// The header of an image file.
struct ImageHeader {
  /// Those in the file, before it is turned upright.
  let height: Int, width: Int
  let isGrey: Bool
  var numbers = ImageNumbers.bytes
  var orientation = Orientation.upright
  /// Whether its colours are those of printing inks.
  var isCMYK = false
}

/// The numbers of an image file.
enum ImageNumbers: Sendable {
  /// Integers of 8 bits at most.
  case bytes
  /// Integers of more bits, which become parts of white.
  case fractions
  /// Floats, and integers that may be negative: they stay as they are.
  case measurements

  var element: SampleElement { self == .bytes ? .byte : .float }
}
