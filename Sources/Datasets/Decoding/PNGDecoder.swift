import CSPNG
import Tensors

/// PNG through libspng: palettes are looked up, 16 bits lose their lower 8, transparency is ignored, as Pillow's
/// `convert("RGB")` does.
@safe
enum PNGDecoder {
  /// Decodes to RGB; pixels that are missing or damaged are an error.
  static func decode(_ structure: PNGStructure, _ path: String) throws(DataError) -> Image {
    let shape = Shape(structure.height, structure.width, 3)
    return Image(shape: shape, bytes: try decode(structure, path, SPNG_FMT_RGB8, size: shape.count))
  }

  /// The numbers of pixels as they are stored, grey levels or positions in a palette: (H, W, 1).
  static func decodeNumbers(_ structure: PNGStructure, _ path: String) throws(DataError) -> Image {
    precondition(structure.holdsNumbers)
    let (height, width, depth) = (structure.height, structure.width, structure.depth)
    let rowSize = (width * depth + 7) / 8
    let packed = try decode(structure, path, SPNG_FMT_RAW, size: height * rowSize)
    let shape = Shape(height, width, 1)
    guard depth < 8 else { return Image(shape: shape, bytes: packed) }
    var numbers = [UInt8](repeating: 0, count: height * width)
    for row in 0..<height {
      for column in 0..<width {
        let bit = column * depth
        // The leftmost pixel has the highest bits.
        let byte = packed[row * rowSize + bit / 8] >> UInt8(8 - depth - bit % 8)
        numbers[row * width + column] = byte & (1 << UInt8(depth) - 1)
      }
    }
    return Image(shape: shape, bytes: numbers)
  }

  private static func decode(
    _ structure: PNGStructure, _ path: String, _ format: spng_format, size: Int
  ) throws(DataError) -> [UInt8] {
    guard let context = unsafe spng_ctx_new(0) else {
      throw DataError(path, "no PNG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe spng_ctx_free(context) }
    let bytes = structure.bytes
    var code: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // The decoder keeps the address of the file's bytes.
      unsafe bytes.withUnsafeBytes { bytes in
        code = unsafe spng_set_crc_action(context, Int32(SPNG_CRC_USE.rawValue), Int32(SPNG_CRC_USE.rawValue))
        if code == 0 { code = unsafe spng_set_png_buffer(context, bytes.baseAddress, bytes.count) }
        if code == 0 {
          code = unsafe spng_decode_image(context, buffer.baseAddress, size, Int32(format.rawValue), 0)
        }
      }
      count = size
    }
    guard code == 0 else {
      throw DataError(
        path, "the PNG image is truncated or damaged (\(unsafe String(cString: spng_strerror(code))))",
        remedy: "replace or remove the file")
    }
    return pixels
  }
}
