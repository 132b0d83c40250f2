import CSPNG
import Tensors

/// PNG through libspng: palettes are looked up; of an animation, the image beside it.
@safe
struct PNGReader: ImageReader {
  let header: ImageHeader
  private let structure: PNGStructure
  private let place: String

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    structure = try PNGStructure(file, place)
    header = ImageHeader(
      height: structure.height, width: structure.width, isGrey: structure.isGrey,
      numbers: structure.depth > 8 ? .fractions : .bytes, orientation: structure.orientation)
    self.place = place
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let keepsAlpha = keepsAlpha && structure.hasAlpha
    let channels = (structure.isGrey ? 1 : 3) + (keepsAlpha ? 1 : 0)
    let shape = Shape(structure.height, structure.width, channels)
    let isDeep = header.numbers == .fractions
    let format = isDeep ? SPNG_FMT_RGBA16 : keepsAlpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8
    let stored = isDeep || keepsAlpha ? 4 : 3
    let bytes = try PNGReader.decode(
      structure, place, format, size: shape.height * shape.width * stored * (isDeep ? 2 : 1), keepsAlpha: keepsAlpha)
    // Greys come three times.
    let taken = (structure.isGrey ? [0] : [0, 1, 2]) + (keepsAlpha ? [3] : [])
    guard isDeep else {
      return Image(shape: shape, bytes: taken.count == stored ? bytes : PNGReader.take(taken, of: stored, bytes))
    }
    let floats = unsafe bytes.withUnsafeBytes { bytes in
      let words = unsafe bytes.bindMemory(to: UInt16.self)
      return unsafe PNGReader.take(taken, of: stored, words).map { Float($0) / 65_535 }
    }
    return Image(shape: shape, .floats(floats))
  }

  private static func take<Numbers: RandomAccessCollection>(
    _ channels: [Int], of stored: Int, _ numbers: Numbers
  ) -> [Numbers.Element] where Numbers.Index == Int {
    var result: [Numbers.Element] = []
    result.reserveCapacity(numbers.count / stored * channels.count)
    for pixel in stride(from: 0, to: numbers.count, by: stored) {
      for channel in channels { result.append(numbers[pixel + channel]) }
    }
    return result
  }

  /// The numbers of pixels as they are stored, grey levels or positions in a palette: (H, W, 1).
  static func decodeNumbers(_ structure: PNGStructure, _ path: String) throws(DataError) -> Image {
    precondition(structure.holdsNumbers)
    let (height, width, depth) = (structure.height, structure.width, structure.depth)
    let rowSize = (width * depth + 7) / 8
    let packed = try decode(structure, path, SPNG_FMT_RAW, size: height * rowSize, keepsAlpha: false)
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
    _ structure: PNGStructure, _ path: String, _ format: spng_format, size: Int, keepsAlpha: Bool
  ) throws(DataError) -> [UInt8] {
    guard let context = unsafe spng_ctx_new(0) else {
      throw DataError(path, "no PNG decoder could be made", remedy: "free some memory")
    }
    defer { unsafe spng_ctx_free(context) }
    let bytes = structure.bytes(keepingAlpha: keepsAlpha)
    let flags = keepsAlpha ? Int32(SPNG_DECODE_TRNS.rawValue) : 0
    var code: Int32 = 0
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      // The decoder keeps the address of the file's bytes.
      unsafe bytes.withUnsafeBytes { bytes in
        code = unsafe spng_set_crc_action(context, Int32(SPNG_CRC_USE.rawValue), Int32(SPNG_CRC_USE.rawValue))
        if code == 0 { code = unsafe spng_set_png_buffer(context, bytes.baseAddress, bytes.count) }
        if code == 0 {
          code = unsafe spng_decode_image(context, buffer.baseAddress, size, Int32(format.rawValue), flags)
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
