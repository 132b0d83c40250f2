import CTurboJPEG
import Tensors

/// JPEG through libjpeg-turbo, with its slow, accurate transform and smooth chroma upsampling, as Pillow decodes.
///
/// Like Pillow, it passes over what libjpeg only warns of, such as bytes before a marker, and refuses a file that ends
/// before its image does.
@safe
struct JPEGReader: ImageReader {
  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  /// 1 for grey, 4 for printing inks.
  private let components: Int

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    let structure = JPEGStructure(file)
    guard let frame = structure.frame, structure.isWhole else {
      throw DataError(
        place, "the JPEG image is truncated: its \(file.count) bytes end before it does",
        remedy: "get the file again or remove it")
    }
    header = ImageHeader(
      height: frame.height, width: frame.width, isGrey: frame.components == 1,
      orientation: Orientation(exif: structure.exif, xmp: structure.xmp), isCMYK: frame.components == 4)
    (self.file, self.place, components) = (file, place, frame.components)
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image { try decode(reduction: reduction).image }

  /// The image, and what the decoder warns of.
  func decode(reduction: Int = 1) throws(DataError) -> (image: Image, warning: String?) {
    let (format, channels) =
      switch components {
      case 1: (TJPF_GRAY, 1)
      case 4: (TJPF_CMYK, 4)
      default: (TJPF_RGB, 3)
      }
    let shape = Shape(
      (header.height + reduction - 1) / reduction, (header.width + reduction - 1) / reduction, channels)
    let (pixels, warning) = try pixels(format, shape)
    let image =
      channels == 4
      ? Image(shape: shape.with(channels: 3), bytes: JPEGReader.rgb(ofInverted: pixels))
      : Image(shape: shape, bytes: pixels)
    return (image, warning)
  }

  /// A decoder tells errors from warnings only as long as it has not warned before. So it stops at the first
  /// warning, and where there is one, it decodes again: an error then leaves another message than that warning.
  private func pixels(
    _ format: TJPF, _ shape: Shape
  ) throws(DataError) -> (pixels: [UInt8], warning: String?) {
    let strict = try attempt(format, shape, TJFLAG_STOPONWARNING)
    guard let first = strict.message else { return (strict.pixels, nil) }
    if strict.isWarning {
      let lenient = try attempt(format, shape, 0)
      guard let last = lenient.message, last != first else { return (lenient.pixels, first) }
      throw damage(last)
    }
    throw damage(first)
  }

  private func damage(_ message: String) -> DataError {
    DataError(place, "the JPEG image is damaged (\(message))", remedy: "replace or remove the file")
  }

  /// - Returns: what the decoder says where it does not say that all is well.
  private func attempt(
    _ format: TJPF, _ shape: Shape, _ flag: Int32
  ) throws(DataError) -> (pixels: [UInt8], message: String?, isWarning: Bool) {
    guard let decoder = unsafe tjInitDecompress() else {
      throw DataError(place, "no JPEG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe tjDestroy(decoder) }
    let size = shape.count
    var code: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      code = unsafe tjDecompress2(
        decoder, file, UInt(file.count), buffer.baseAddress, Int32(shape.width), Int32(shape.width * shape.channels),
        Int32(shape.height), Int32(format.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | flag)
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
