import Tensors

/// BMP without compression: pixels by palette or by masks, rows from below or from above.
struct BMPReader: ImageReader {
  /// Bytes of the second header, by which versions differ: OS/2 1 and 2, Windows 3, 4 and 5.
  static let headerSizes = [12, 16, 40, 52, 56, 64, 108, 124]

  let header: ImageHeader
  private let file: [UInt8]
  private let place: String
  private var start: Int
  private let bits: Int
  private let isFromAbove: Bool
  /// Red, green and blue of each number; empty where pixels hold colours.
  private let palette: [[UInt8]]
  /// Red, green, blue and alpha in pixels of 16 and 32 bits.
  private let fields: [Field]

  /// Some bits of a pixel.
  private struct Field {
    let mask: UInt32

    func value(in pixel: UInt32) -> UInt8 {
      guard mask != 0 else { return 0 }
      let greatest = UInt64(mask >> UInt32(mask.trailingZeroBitCount))
      let number = UInt64((pixel & mask) >> UInt32(mask.trailingZeroBitCount))
      return UInt8((number * 510 + greatest) / (2 * greatest))
    }
  }

  init(_ file: [UInt8], _ place: String) throws(DataError) {
    func number(_ position: Int, _ count: Int = 4) throws(DataError) -> Int {
      guard position >= 0, position <= file.count - count else {
        throw DataError(place, "the BMP image is truncated in its header", remedy: "get the file again or remove it")
      }
      return file[position..<position + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let size = try number(14)
    let isOld = size == 12
    let width = isOld ? try number(18, 2) : Int(Int32(truncatingIfNeeded: try number(18)))
    let height = isOld ? try number(20, 2) : Int(Int32(truncatingIfNeeded: try number(22)))
    bits = try number(isOld ? 24 : 28, 2)
    let compression = size < 40 ? 0 : try number(30)
    guard [0, 3, 6].contains(compression), [1, 4, 8, 16, 24, 32].contains(bits), width >= 0 else {
      throw DataError(
        place, "the BMP image is of a kind that is not read (\(bits) bits, compression \(compression))",
        remedy: "convert it to PNG")
    }
    (isFromAbove, start) = (height < 0, try number(10))
    let end = 14 + size
    if bits <= 8 {
      let used = size < 40 ? 0 : try number(46)
      let count = min(used > 0 ? used : 1 << bits, 256)
      var palette: [[UInt8]] = []
      for color in 0..<count {
        let position = end + color * (isOld ? 3 : 4)
        guard position + 3 <= file.count else { break }
        palette.append([file[position + 2], file[position + 1], file[position]])
      }
      self.palette = palette
      // Some programs forget the palette in the place of the pixels.
      if start == end { start += count * (isOld ? 3 : 4) }
    } else {
      palette = []
    }
    if compression == 0 {
      fields = (bits == 16 ? [0x7C00, 0x3E0, 0x1F, 0] : [0xFF0000, 0xFF00, 0xFF, 0]).map(Field.init)
    } else {
      // Behind the header of Windows 3, in the later ones.
      let count = size >= 56 || compression == 6 ? 4 : 3
      var masks: [UInt32] = []
      for field in 0..<count { masks.append(UInt32(try number(54 + 4 * field))) }
      fields = (masks + [0]).prefix(4).map(Field.init)
    }
    header = ImageHeader(
      height: abs(height), width: width,
      isGrey: bits <= 8 && palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] })
    (self.file, self.place) = (file, place)
  }

  func decode(keepsAlpha: Bool, reduction: Int) throws(DataError) -> Image {
    let (height, width) = (header.height, header.width)
    let rowSize = (width * bits + 31) / 32 * 4
    guard start >= 14, (height - 1) * rowSize + (width * bits + 7) / 8 <= file.count - start else {
      throw DataError(
        place, "the BMP image is truncated: its \(file.count) bytes end before it does",
        remedy: "get the file again or remove it")
    }
    let colors = header.isGrey ? 1 : 3
    let channels = colors + (keepsAlpha && bits > 8 && fields[3].mask != 0 ? 1 : 0)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(height * width * channels)
    for row in 0..<height {
      let line = start + (isFromAbove ? row : height - 1 - row) * rowSize
      for column in 0..<width {
        switch bits {
        case 24: bytes += [file[line + 3 * column + 2], file[line + 3 * column + 1], file[line + 3 * column]]
        case 16, 32:
          let size = bits / 8
          var pixel: UInt32 = 0
          for byte in 0..<size { pixel |= UInt32(file[line + size * column + byte]) << UInt32(8 * byte) }
          for channel in 0..<channels { bytes.append(fields[channel].value(in: pixel)) }
        default:
          let bit = column * bits
          let number = Int(file[line + bit / 8] >> UInt8(8 - bits - bit % 8)) & (1 << bits - 1)
          bytes += number < palette.count ? palette[number].prefix(colors) : [0, 0, 0].prefix(colors)
        }
      }
    }
    return Image(shape: Shape(height, width, channels), bytes: bytes)
  }
}
