import Foundation

extension ConvoyProcess {
  /// A PNG of 8 bits, grey (one channel) or RGB (three), its zlib stream stored without compression.
  func writePicture(
    _ name: String, height: Int, width: Int, channels: Int, _ pixels: some Collection<UInt8>
  ) throws {
    precondition(pixels.count == height * width * channels)
    func big(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
    func checksum(_ bytes: [UInt8]) -> UInt32 {
      ~bytes.reduce(UInt32.max) { crc, byte in
        (0..<8).reduce(crc ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
      }
    }
    func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
      big(UInt32(data.count)) + Array(kind.utf8) + data + big(checksum(Array(kind.utf8) + data))
    }
    let values = Array(pixels)
    let rows = (0..<height).flatMap { row -> [UInt8] in
      [0] + values[row * width * channels..<(row + 1) * width * channels]
    }
    precondition(rows.count < 1 << 16, "one stored block holds 65,535 bytes")
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in rows {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    let size = UInt16(rows.count)
    let sizes = [size, ~size].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let header: [UInt8] = big(UInt32(width)) + big(UInt32(height)) + [8, channels == 1 ? 0 : 2, 0, 0, 0]
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    bytes += chunk("IHDR", header)
    bytes += chunk("IDAT", [0x78, 0x01, 1] + sizes + rows + big(b << 16 | a))
    bytes += chunk("IEND", [])
    try Data(bytes).write(to: folder.appending(path: name))
  }
}
