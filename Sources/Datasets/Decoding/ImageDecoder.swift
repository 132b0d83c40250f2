import FileKinds
import Tensors

/// Decodes JPEG and PNG files, told apart by their first bytes, to grey or RGB bytes.
enum ImageDecoder {
  /// Pixels above which an image is refused before memory is taken for it.
  private static let pixelLimit = 1 << 27

  /// The image that a file must become.
  struct Target {
    /// (H, W, C) with one or three channels.
    let shape: Shape
    /// Whether images of another size are resized; otherwise they are refused.
    let resize: Bool
  }

  /// The header of an image file.
  struct Header {
    let height: Int, width: Int
    /// Of the file, as it counts colours: 1 for grey, 4 for printing inks.
    let channels: Int
  }

  private enum Format {
    case jpeg
    case png(PNGStructure)
  }

  /// Writes the image of a file, decoded and of the wanted shape.
  ///
  /// - Returns: the size that it has in the file.
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
    let (format, header) = try header(of: file, path)
    let wanted = target.shape
    let fits = (header.height, header.width) == (wanted.height, wanted.width)
    guard fits || target.resize else {
      throw DataError(
        path,
        "the image is \(header.height)x\(header.width) (height x width), "
          + "but \(wanted.height)x\(wanted.width) is wanted",
        remedy: "resize the files or set resize: true")
    }
    var image =
      switch format {
      case .jpeg: try JPEGDecoder.decode(file, header, path)
      case .png(let structure): try PNGDecoder.decode(structure, path)
      }
    if wanted.channels == 1 { image = image.grey() }
    if fits {
      unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe image.bytes.withUnsafeBytes { unsafe bytes.copyMemory(from: $0) }
      }
    } else {
      image.resize(height: wanted.height, width: wanted.width, into: &bytes)
    }
    return (header.height, header.width)
  }

  /// The shape of an image file by its header: (H, W, 1) for a grey one, (H, W, 3) for any other.
  static func shape(of path: String) throws(DataError) -> Shape { try shape(of: try Files.bytes(path), path) }

  /// The same of a file in memory.
  ///
  /// - Parameter path: what messages call it.
  static func shape(of file: [UInt8], _ path: String) throws(DataError) -> Shape {
    let (_, header) = try header(of: file, path)
    return Shape(header.height, header.width, header.channels == 1 ? 1 : 3)
  }

  /// Whether a file begins as one that is decoded.
  static func isImage(_ file: [UInt8]) -> Bool { isJPEG(file) || file.starts(with: PNGStructure.signature) }

  private static func isJPEG(_ file: [UInt8]) -> Bool { file.starts(with: [0xFF, 0xD8, 0xFF]) }

  private static func header(of file: [UInt8], _ path: String) throws(DataError) -> (Format, Header) {
    let (format, header): (Format, Header)
    if isJPEG(file) {
      (format, header) = (.jpeg, try JPEGDecoder.header(file, path))
    } else if file.starts(with: PNGStructure.signature) {
      let structure = try PNGStructure(file, path)
      format = .png(structure)
      header = Header(height: structure.height, width: structure.width, channels: structure.isGrey ? 1 : 3)
    } else {
      if let kind = FileKind(start: file, name: path) { throw DataError(path, kind, for: .image) }
      throw DataError(
        path, file.isEmpty ? "is empty" : "is neither a JPEG nor a PNG image",
        remedy: "remove the file or convert it to JPEG or PNG")
    }
    let (pixels, overflow) = header.height.multipliedReportingOverflow(by: header.width)
    guard pixels > 0, !overflow, pixels <= pixelLimit else {
      throw DataError(
        path, "the image claims to be \(header.height)x\(header.width), more than \(pixelLimit) pixels",
        remedy: "remove the file or make it smaller")
    }
    return (format, header)
  }
}
