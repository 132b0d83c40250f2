import CZlib

/// Exif data as ImageMagick writes it into a text of a PNG file, packed (`zTXt`) or not (`tEXt`): a line with its name,
/// one with its length, then lines of hexadecimal digits.
@safe
enum PNGProfile {
  /// The name of the text, and the zero that ends it.
  static let mark = Array("Raw profile type exif\0".utf8)

  /// Bytes that a packed text may become.
  private static let limit = 1 << 18

  /// - Parameter chunk: begins with the mark.
  /// - Returns: Exif data; empty where it cannot be understood.
  static func exif(_ chunk: ArraySlice<UInt8>, isPacked: Bool) -> ArraySlice<UInt8> {
    let body = chunk.dropFirst(mark.count)
    let text = isPacked ? inflate(Array(body.dropFirst())) : Array(body)
    let lines = text.split(separator: 0x0A)
    guard lines.count > 2, lines[0].elementsEqual("exif".utf8) else { return [] }
    let digits = lines[2...].joined().compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return bytes.starts(with: Array("Exif\0\0".utf8)) ? bytes.dropFirst(6) : bytes[...]
  }

  private static func inflate(_ packed: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var size = uLongf(limit)
      let code = unsafe uncompress(buffer.baseAddress, &size, packed, uLong(packed.count))
      count = code == Z_OK ? Int(size) : 0
    }
  }
}
