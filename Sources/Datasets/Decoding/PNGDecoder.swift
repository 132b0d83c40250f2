import CSPNG
import Tensors

/// PNG through libspng: palettes are looked up, 16 bits lose their lower 8, transparency is ignored, as Pillow's
/// `convert("RGB")` does.
@safe
enum PNGDecoder {
  /// Decodes to RGB; pixels that are missing or damaged are an error.
  static func decode(_ structure: PNGStructure, _ path: String) throws(DataError) -> Image {
    guard let context = unsafe spng_ctx_new(0) else {
      throw DataError(path, "no PNG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe spng_ctx_free(context) }
    let (shape, bytes) = (Shape(structure.height, structure.width, 3), structure.bytes)
    var code: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: shape.count) { buffer, count in
      // The decoder keeps the address of the file's bytes.
      unsafe bytes.withUnsafeBytes { bytes in
        code = unsafe spng_set_crc_action(context, Int32(SPNG_CRC_USE.rawValue), Int32(SPNG_CRC_USE.rawValue))
        if code == 0 { code = unsafe spng_set_png_buffer(context, bytes.baseAddress, bytes.count) }
        if code == 0 {
          code = unsafe spng_decode_image(context, buffer.baseAddress, shape.count, Int32(SPNG_FMT_RGB8.rawValue), 0)
        }
      }
      count = shape.count
    }
    guard code == 0 else {
      throw DataError(
        path, "the PNG image is truncated or damaged (\(unsafe String(cString: spng_strerror(code))))",
        remedy: "replace or remove the file")
    }
    return Image(shape: shape, bytes: pixels)
  }
}
