import CSPNG
import Tensors

/// PNG through libspng: palettes are looked up, 16 bits lose their lower 8, transparency is ignored, as Pillow's
/// `convert("RGB")` does.
@safe
enum PNGDecoder {
  static func header(_ file: [UInt8], _ path: String) throws(DataError) -> ImageDecoder.Header {
    try unsafe withContext(file, path) { (context) throws(DataError) in
      var header = spng_ihdr()
      try check(unsafe spng_get_ihdr(context, &header), path)
      let grey = [SPNG_COLOR_TYPE_GRAYSCALE, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA].contains {
        $0.rawValue == header.color_type
      }
      return ImageDecoder.Header(height: Int(header.height), width: Int(header.width), isGrey: grey)
    }
  }

  /// Decodes to RGB; any damage is an error.
  static func decode(_ file: [UInt8], _ header: ImageDecoder.Header, _ path: String) throws(DataError) -> Image {
    try unsafe withContext(file, path) { (context) throws(DataError) in
      let shape = Shape(header.height, header.width, 3)
      var code: Int32 = 0
      let pixels = unsafe [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
        code = unsafe spng_decode_image(context, buffer.baseAddress, shape.count, Int32(SPNG_FMT_RGB8.rawValue), 0)
        count = shape.count
      }
      try check(code, path)
      return Image(shape: shape, bytes: pixels)
    }
  }

  private static func withContext<Result>(
    _ file: [UInt8], _ path: String, _ body: (OpaquePointer) throws(DataError) -> Result
  ) throws(DataError) -> Result {
    guard let context = unsafe spng_ctx_new(0) else {
      throw DataError(path, "no PNG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe spng_ctx_free(context) }
    // A chunk of text or a colour profile must not take memory without bound.
    try check(unsafe spng_set_chunk_limits(context, 1 << 26, 1 << 26), path)
    // The decoder keeps the address of the file's bytes until it is freed.
    let result = unsafe file.withUnsafeBytes { bytes in
      Swift.Result { () throws(DataError) in
        try check(unsafe spng_set_png_buffer(context, bytes.baseAddress, bytes.count), path)
        return try unsafe body(context)
      }
    }
    return try result.get()
  }

  private static func check(_ code: Int32, _ path: String) throws(DataError) {
    guard code != 0 else { return }
    throw DataError(
      path, "the PNG image is damaged (\(unsafe String(cString: spng_strerror(code))))",
      remedy: "replace or remove the file")
  }
}
