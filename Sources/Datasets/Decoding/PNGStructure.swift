import CZlib

/// The chunks of a PNG file (PNG specification, chapter 5) that hold its pixels (header, palette, transparency and
/// data) and those that say how the image lies.
///
/// All others, such as texts and colour profiles, say nothing about the pixels. They are left out, so that nothing odd
/// in them is in the way.
@safe
struct PNGStructure {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  private let header: ArraySlice<UInt8>
  private var palette: [UInt8] = []
  private var data: [UInt8] = []
  private var transparency: ArraySlice<UInt8> = []
  private var exif: ArraySlice<UInt8> = [], xmp: ArraySlice<UInt8> = []
  private var profile: (chunk: ArraySlice<UInt8>, isPacked: Bool)?

  private static let indexed: UInt8 = 3
  private static let xmpMark = Array("XML:com.adobe.xmp\0".utf8)

  /// - Parameter file: begins with the signature.
  init(_ file: [UInt8], _ path: String) throws(DataError) {
    guard let first = PNGStructure.chunk(file, at: 8), first.isWhole, first.type == "IHDR", first.body.count == 13
    else {
      throw DataError(path, "the PNG image is truncated or has no header", remedy: "get the file again or remove it")
    }
    header = first.body
    var place = first.end
    data.reserveCapacity(file.count)
    try PNGStructure.check(first, file, path)
    var hasChecksums = true
    while let chunk = PNGStructure.chunk(file, at: place), chunk.type != "IEND" {
      switch chunk.type {
      case "PLTE" where isIndexed && data.isEmpty:
        try PNGStructure.check(chunk, file, path)
        palette = Array(chunk.body)
      case "tRNS" where data.isEmpty: transparency = chunk.body
      case "eXIf": exif = chunk.body
      case "tEXt" where chunk.body.starts(with: PNGProfile.mark): profile = (chunk.body, false)
      case "zTXt" where chunk.body.starts(with: PNGProfile.mark): profile = (chunk.body, true)
      case "iTXt" where chunk.body.starts(with: PNGStructure.xmpMark): xmp = chunk.body
      case "IDAT":
        data += chunk.body
        hasChecksums = hasChecksums && PNGStructure.hasChecksum(chunk, file)
      default: break
      }
      place = chunk.end
    }
    // Pixels are right where the checksums of their chunks are, or that of zlib's stream over all of them.
    guard hasChecksums || isStream else {
      throw DataError(
        path, "the PNG image is truncated or damaged: its pixels do not fit their checksums",
        remedy: "replace or remove the file")
    }
  }

  var orientation: Orientation {
    let other = exif.isEmpty ? profile.map { PNGProfile.exif($0.chunk, isPacked: $0.isPacked) } : nil
    return Orientation(exif: other ?? exif, xmp: xmp)
  }
  var height: Int { PNGStructure.number(header, header.startIndex + 4) }
  var width: Int { PNGStructure.number(header, header.startIndex) }
  /// Without colour, whatever else there is.
  var isGrey: Bool { colourType & 2 == 0 }

  /// Whether there is transparency that can be understood.
  var hasAlpha: Bool {
    if colourType & 4 != 0 { return true }
    return switch colourType {
    case 0: transparency.count == 2
    case 2: transparency.count == 6
    case PNGStructure.indexed: !transparency.isEmpty && transparency.count <= min(1 << depth, 256)
    default: false
    }
  }

  /// Whether pixels are grey levels or positions in a palette, of a byte at most, and nothing else.
  var holdsNumbers: Bool { depth <= 8 && (colourType == 0 || isIndexed) }
  /// Bits of a number.
  var depth: Int { Int(header[header.startIndex + 8]) }

  /// A file of these chunks, with checksums of 0.
  func bytes(keepingAlpha: Bool) -> [UInt8] {
    var bytes = PNGStructure.signature
    bytes.reserveCapacity(data.count + 1024)
    append("IHDR", header, to: &bytes)
    if isIndexed {
      // Pixels may name colours that the palette has not got: they are black.
      let size = min(3 << min(depth, 8), 768)
      append("PLTE", (palette + Array(repeating: 0, count: max(0, size - palette.count))).prefix(size), to: &bytes)
    }
    if keepingAlpha, colourType & 4 == 0, hasAlpha { append("tRNS", transparency, to: &bytes) }
    append("IDAT", data[...], to: &bytes)
    append("IEND", [], to: &bytes)
    return bytes
  }

  private var colourType: UInt8 { header[header.startIndex + 9] }
  /// Whether pixels are positions in a palette.
  var isIndexed: Bool { colourType == PNGStructure.indexed }

  private func append(_ type: String, _ body: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: body.count >> shift)) }
    bytes += type.utf8
    bytes += body
    bytes += [0, 0, 0, 0]
  }

  private struct Chunk {
    let type: String
    /// What is there of it.
    let body: ArraySlice<UInt8>
    let isWhole: Bool
    /// Where the next one begins.
    let end: Int
  }

  /// The chunk that begins at a place; nil where none can.
  private static func chunk(_ file: [UInt8], at place: Int) -> Chunk? {
    guard place <= file.count - 8 else { return nil }
    let type = file[place + 4..<place + 8]
    guard type.allSatisfy({ (0x41...0x5A).contains($0 & ~0x20) }) else { return nil }
    let end = place + 8 + number(file[...], place)
    return Chunk(
      type: String(decoding: type, as: UTF8.self), body: file[place + 8..<min(end, file.count)],
      isWhole: end + 4 <= file.count, end: end + 4)
  }

  /// Whether the data is a whole stream of zlib's with a right checksum.
  private var isStream: Bool {
    var stream = unsafe z_stream()
    guard unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
    defer { unsafe inflateEnd(&stream) }
    return unsafe data.withUnsafeBufferPointer { data in
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { rows in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: data.baseAddress)
        unsafe stream.avail_in = UInt32(clamping: data.count)
        var code = Z_OK
        while code == Z_OK {
          unsafe stream.next_out = rows.baseAddress
          unsafe stream.avail_out = UInt32(rows.count)
          code = unsafe inflate(&stream, Z_NO_FLUSH)
        }
        return code == Z_STREAM_END
      }
    }
  }

  private static func hasChecksum(_ chunk: Chunk, _ file: [UInt8]) -> Bool {
    guard chunk.isWhole else { return false }
    let range = chunk.body.startIndex - 4..<chunk.body.endIndex
    let sum = unsafe file.withUnsafeBufferPointer {
      unsafe crc32_z(0, $0.baseAddress! + range.lowerBound, range.count)
    }
    return UInt(number(file[...], range.upperBound)) == UInt(sum)
  }

  private static func check(_ chunk: Chunk, _ file: [UInt8], _ path: String) throws(DataError) {
    guard hasChecksum(chunk, file) else {
      throw DataError(
        path, "the PNG image is damaged: the checksum of '\(chunk.type)' is not right",
        remedy: "replace or remove the file")
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>, _ place: Int) -> Int {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
