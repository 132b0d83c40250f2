import CTurboJPEG
import Tensors

/// JPEG through libjpeg-turbo, with its slow, accurate transform and smooth chroma upsampling, as Pillow decodes.
@safe
enum JPEGDecoder {
  static func header(_ file: [UInt8], _ path: String) throws(DataError) -> ImageDecoder.Header {
    try unsafe withDecoder(path) { (decoder) throws(DataError) in
      var (width, height, subsampling, colorspace): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
      let code = unsafe tjDecompressHeader3(decoder, file, UInt(file.count), &width, &height, &subsampling, &colorspace)
      guard code == 0 else { throw unsafe damage(decoder, path) }
      guard colorspace != Int32(TJCS_CMYK.rawValue), colorspace != Int32(TJCS_YCCK.rawValue) else {
        throw DataError(path, "the JPEG image has CMYK colours", remedy: "convert it to RGB")
      }
      return ImageDecoder.Header(
        height: Int(height), width: Int(width), isGrey: colorspace == Int32(TJCS_GRAY.rawValue))
    }
  }

  /// Decodes to RGB; any damage is an error.
  static func decode(_ file: [UInt8], _ header: ImageDecoder.Header, _ path: String) throws(DataError) -> Image {
    try unsafe withDecoder(path) { (decoder) throws(DataError) in
      let shape = Shape(header.height, header.width, 3)
      let flags = TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS
      var code: Int32 = 0
      let pixels = unsafe [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
        code = unsafe tjDecompress2(
          decoder, file, UInt(file.count), buffer.baseAddress, Int32(shape.width), Int32(shape.width * 3),
          Int32(shape.height),
          Int32(TJPF_RGB.rawValue), flags)
        count = shape.count
      }
      guard code == 0 else { throw unsafe damage(decoder, path) }
      return Image(shape: shape, bytes: pixels)
    }
  }

  private static func withDecoder<Result>(
    _ path: String, _ body: (tjhandle) throws(DataError) -> Result
  ) throws(DataError) -> Result {
    guard let decoder = unsafe tjInitDecompress() else {
      throw DataError(path, "no JPEG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe tjDestroy(decoder) }
    return try unsafe body(decoder)
  }

  private static func damage(_ decoder: tjhandle, _ path: String) -> DataError {
    DataError(
      path, "the JPEG image is damaged (\(unsafe String(cString: tjGetErrorStr2(decoder))))",
      remedy: "replace or remove the file")
  }
}
