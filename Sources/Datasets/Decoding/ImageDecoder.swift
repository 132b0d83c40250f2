import FileKinds
import Tensors

/// Decodes image files, told apart by their first bytes, to grey or RGB, bytes or floats.
package enum ImageDecoder {
  /// Bytes of an image's channel above which it is refused before memory is taken for it.
  private static let sizeLimit = 1 << 27

  /// The image that a file must become.
  struct Target {
    /// (H, W, C) with one or three channels.
    let shape: Shape
    /// The kind of numbers that the files of the column hold.
    var numbers = ImageNumbers.bytes
    /// Whether images of another size are resized; otherwise they are refused.
    let resize: Bool
    var decoding = ImageDecoding()
  }

  /// Writes the image of a file, decoded and of the wanted shape.
  ///
  /// - Returns: the size that it has, upright.
  static func read(
    _ path: String, as target: Target, into bytes: inout MutableRawSpan
  ) throws(DataError) -> (height: Int, width: Int) {
    try read(try Files.bytes(path), path, as: target, into: &bytes)
  }

  /// Writes the image of a file in memory.
  ///
  /// - Parameter path: what messages call it.
  static func read(
    _ file: [UInt8], _ path: String, as target: Target, into bytes: inout MutableRawSpan
  ) throws(DataError) -> (height: Int, width: Int) {
    let (reader, wanted) = (try reader(of: file, path), target.shape)
    let size = target.decoding.size(reader.header)
    let fits = size == (wanted.height, wanted.width)
    guard fits || target.resize else {
      throw DataError(
        path,
        "the image is \(size.height)x\(size.width) (height x width), but \(wanted.height)x\(wanted.width) is wanted",
        remedy: "resize the files or set resize: true")
    }
    try target.numbers.require(reader.header.numbers, path)
    let reduction =
      target.decoding.reduction
      ? [8, 4, 2].first { part in
        (size.height + part - 1) / part >= wanted.height && (size.width + part - 1) / part >= wanted.width
      } : nil
    let image = try decode(reader, target.decoding, channels: wanted.channels, reduction: fits ? 1 : reduction ?? 1)
    let numbers = target.numbers == .bytes ? image : image.asFloats()
    if numbers.shape == wanted {
      numbers.copy(into: &bytes)
    } else {
      numbers.resize(height: wanted.height, width: wanted.width, into: &bytes)
    }
    return size
  }

  /// The shape of an image file by its header, upright: (H, W, 1) for a grey one, (H, W, 3) for any other.
  static func shape(of path: String, _ decoding: ImageDecoding = ImageDecoding()) throws(DataError) -> Shape {
    try shape(of: try Files.bytes(path), path, decoding)
  }

  /// The same of a file in memory.
  ///
  /// - Parameter path: what messages call it.
  static func shape(
    of file: [UInt8], _ path: String, _ decoding: ImageDecoding = ImageDecoding()
  ) throws(DataError) -> Shape {
    let header = try reader(of: file, path).header
    let size = decoding.size(header)
    return Shape(size.height, size.width, header.isGrey ? 1 : 3)
  }

  /// The image of a file in bytes of red, green and blue, to look at.
  package static func picture(
    _ path: String, _ decoding: ImageDecoding
  ) throws(DataError) -> (height: Int, width: Int, bytes: [UInt8]) {
    let image = try decode(try reader(of: try Files.bytes(path), path), decoding, channels: 3).asBytes()
    return (image.shape.height, image.shape.width, image.bytes)
  }

  /// The image of a file in its own channels, and what it is made of.
  ///
  /// - Returns: also whether something shows through it.
  static func examine(
    _ file: [UInt8], _ path: String, _ decoding: ImageDecoding
  ) throws(DataError) -> (image: Image, header: ImageHeader, format: ImageFormat, isTransparent: Bool, warning: String?)
  {
    let reader = try reader(of: file, path)
    var (image, warning): (Image, String?)
    if let jpeg = reader as? JPEGReader {
      (image, warning) = try jpeg.decode()
    } else {
      (image, warning) = (try reader.decode(keepsAlpha: true, reduction: 1), nil)
    }
    let colors = image.flattened(over: decoding.background)
    let upright = decoding.orientation ? colors.upright(reader.header.orientation) : colors
    return (upright, reader.header, ImageFormat(start: file)!, image.isTransparent, warning)
  }

  /// The kind of numbers that a file holds, by no more of it than says so.
  ///
  /// - Returns: nil where it cannot be read as an image.
  static func numbers(of file: StoredFile) -> ImageNumbers? {
    guard let start = try? file.bytes(limit: ImageFormat.startSize) else { return nil }
    return numbers(ofStart: start) { try? reader(of: try file.bytes(), file.name).header.numbers }
  }

  /// The same of a file in memory.
  static func numbers(of file: [UInt8]) -> ImageNumbers? {
    numbers(ofStart: file) { try? reader(of: file, "an image").header.numbers }
  }

  /// - Parameter whole: what the whole file says, where its first bytes do not.
  private static func numbers(ofStart start: [UInt8], whole: () -> ImageNumbers?) -> ImageNumbers? {
    guard let format = ImageFormat(start: start) else { return nil }
    if format.isOfBytes { return .bytes }
    if format == .png { return start.count > 24 ? start[24] > 8 ? .fractions : .bytes : nil }
    return whole()
  }

  /// Whether a file begins as one that is decoded.
  static func isImage(_ start: [UInt8]) -> Bool { ImageFormat(start: start) != nil }

  /// The image of a file, upright.
  private static func decode(
    _ reader: any ImageReader, _ decoding: ImageDecoding, channels: Int, reduction: Int = 1
  ) throws(DataError) -> Image {
    let image = try reader.decode(keepsAlpha: decoding.background != nil, reduction: reduction)
    let colors = image.flattened(over: decoding.background).with(channels: channels)
    return decoding.orientation ? colors.upright(reader.header.orientation) : colors
  }

  /// The reader of a file that has been found to be of a size that can be decoded.
  private static func reader(of file: [UInt8], _ path: String) throws(DataError) -> any ImageReader {
    guard let format = ImageFormat(start: file) else {
      if let kind = FileKind(start: file, name: path), !kind.isDecoded { throw DataError(path, kind, for: .image) }
      throw DataError(
        path, file.isEmpty ? "is empty" : "is no image of a known format",
        remedy: "remove the file or convert it to JPEG or PNG")
    }
    let reader = try format.reader.init(file, path)
    let (header, limit) = (reader.header, sizeLimit / reader.header.numbers.element.size)
    let (pixels, overflow) = header.height.multipliedReportingOverflow(by: header.width)
    guard header.height > 0, header.width > 0, !overflow, pixels <= limit else {
      throw DataError(
        path,
        pixels == 0 && !overflow
          ? "the image has no pixels"
          : "the image claims to be \(header.height)x\(header.width), more than \(limit) pixels",
        remedy: "remove the file or make it smaller")
    }
    return reader
  }
}

extension ImageDecoding {
  /// The size of an image as it becomes.
  fileprivate func size(_ header: ImageHeader) -> (height: Int, width: Int) {
    orientation && header.orientation.swapsSides ? (header.width, header.height) : (header.height, header.width)
  }
}

extension ImageNumbers {
  /// Throws where a file of a column of these numbers holds others that do not go with them.
  fileprivate func require(_ own: ImageNumbers, _ path: String) throws(DataError) {
    if self == .bytes, own == .fractions {
      throw DataError(
        path, "has more than 8 bits for a number, but its name was taken for that of an image of 8 bits",
        remedy: "give its name the ending of its format")
    }
    guard (self == .measurements) == (own == .measurements) else { throw ImageNumbers.mixture(path) }
  }

  static func mixture(_ path: String) -> DataError {
    DataError(
      path, "holds floats or signed integers beside images of unsigned ones, and nothing says how they go together",
      remedy: "store all of them alike")
  }
}
