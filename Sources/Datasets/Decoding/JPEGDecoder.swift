import CTurboJPEG
import Tensors

/// JPEG through libjpeg-turbo, with its slow, accurate transform and smooth chroma upsampling, as Pillow decodes.
///
/// Like Pillow, it passes over what libjpeg only warns of, such as bytes before a marker, and refuses a file that ends
/// before its image does.
@safe
enum JPEGDecoder {
  static func header(_ file: [UInt8], _ path: String) throws(DataError) -> ImageDecoder.Header {
    let structure = JPEGStructure(file)
    guard let frame = structure.frame, structure.isWhole else {
      throw DataError(
        path, "the JPEG image is truncated: its \(file.count) bytes end before it does",
        remedy: "get the file again or remove it")
    }
    return ImageDecoder.Header(height: frame.height, width: frame.width, channels: frame.components)
  }

  /// Decodes to RGB; what cannot be decoded is an error.
  static func decode(_ file: [UInt8], _ header: ImageDecoder.Header, _ path: String) throws(DataError) -> Image {
    let shape = Shape(header.height, header.width, 3)
    if header.channels == 4 {
      return Image(shape: shape, bytes: rgb(ofInverted: try pixels(file, header, TJPF_CMYK, channels: 4, path)))
    }
    return Image(shape: shape, bytes: try pixels(file, header, TJPF_RGB, channels: 3, path))
  }

  /// A decoder tells errors from warnings only as long as it has not warned before. So it stops at the first
  /// warning, and where there is one, it decodes again: an error then leaves another message than that warning.
  private static func pixels(
    _ file: [UInt8], _ header: ImageDecoder.Header, _ format: TJPF, channels: Int, _ path: String
  ) throws(DataError) -> [UInt8] {
    let strict = try attempt(file, header, format, channels, TJFLAG_STOPONWARNING, path)
    guard let first = strict.message else { return strict.pixels }
    if strict.isWarning {
      let lenient = try attempt(file, header, format, channels, 0, path)
      guard let last = lenient.message, last != first else { return lenient.pixels }
      throw damage(last, path)
    }
    throw damage(first, path)
  }

  private static func damage(_ message: String, _ path: String) -> DataError {
    DataError(path, "the JPEG image is damaged (\(message))", remedy: "replace or remove the file")
  }

  /// - Returns: what the decoder says where it does not say that all is well.
  private static func attempt(
    _ file: [UInt8], _ header: ImageDecoder.Header, _ format: TJPF, _ channels: Int, _ flag: Int32, _ path: String
  ) throws(DataError) -> (pixels: [UInt8], message: String?, isWarning: Bool) {
    guard let decoder = unsafe tjInitDecompress() else {
      throw DataError(path, "no JPEG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe tjDestroy(decoder) }
    let size = header.height * header.width * channels
    var code: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      code = unsafe tjDecompress2(
        decoder, file, UInt(file.count), buffer.baseAddress, Int32(header.width), Int32(header.width * channels),
        Int32(header.height), Int32(format.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | flag)
      count = size
    }
    if code == 0 { return (pixels, nil, false) }
    let isWarning = unsafe tjGetErrorCode(decoder) == Int32(TJERR_WARNING.rawValue)
    return (pixels, unsafe String(cString: tjGetErrorStr2(decoder)), isWarning)
  }

  /// Ink as Adobe's programs store it, 255 for none, in Pillow's fixed-point form.
  private static func rgb(ofInverted inks: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: inks.count / 4 * 3) { buffer, count in
      for pixel in 0..<inks.count / 4 {
        let light = Int(inks[4 * pixel + 3])
        for channel in 0..<3 {
          let product = (255 - Int(inks[4 * pixel + channel])) * light + 128
          unsafe buffer[3 * pixel + channel] = UInt8(max(0, light - ((product >> 8) + product) >> 8))
        }
      }
      count = inks.count / 4 * 3
    }
  }
}
