import CSPNG
import Glibc

/// Writes PNG through libspng: RGB or grey, eight bits each.
@safe
public enum PNGEncoder {
  /// - Parameter bytes: height * width * 3 of an RGB image, or height * width of a grey one, row by row.
  /// - Returns: the file's bytes.
  public static func encode(_ bytes: [UInt8], height: Int, width: Int) throws(DataError) -> [UInt8] {
    let isGrey = bytes.count == height * width
    precondition((isGrey || bytes.count == height * width * 3) && height > 0 && width > 0, "not an image")
    guard let context = unsafe spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else { throw failure("no encoder") }
    defer { unsafe spng_ctx_free(context) }
    var header = spng_ihdr()
    (header.width, header.height) = (UInt32(width), UInt32(height))
    (header.bit_depth, header.color_type) = (
      8, UInt8((isGrey ? SPNG_COLOR_TYPE_GRAYSCALE : SPNG_COLOR_TYPE_TRUECOLOR).rawValue)
    )
    var code = unsafe spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1)
    if code == 0 { code = unsafe spng_set_ihdr(context, &header) }
    if code == 0 {
      code = unsafe bytes.withUnsafeBytes { bytes in
        unsafe spng_encode_image(
          context, bytes.baseAddress, bytes.count, Int32(SPNG_FMT_PNG.rawValue), Int32(SPNG_ENCODE_FINALIZE.rawValue))
      }
    }
    guard code == 0 else { throw failure(unsafe String(cString: spng_strerror(code))) }
    var (size, error) = (0, Int32(0))
    guard let file = unsafe spng_get_png_buffer(context, &size, &error) else {
      throw failure(unsafe String(cString: spng_strerror(error)))
    }
    defer { unsafe free(file) }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: file, count: size))
  }

  private static func failure(_ reason: String) -> DataError {
    DataError("a picture", "it cannot be written as PNG (\(reason))", remedy: "free some memory")
  }
}
