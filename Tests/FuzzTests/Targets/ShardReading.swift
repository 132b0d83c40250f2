/// Tar shards and TFRecord files with the sums that they should have; otherwise hardly one input would get past them.
enum ShardReading {
  /// The sums of all headers of a tar archive.
  static func repairedTar(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) {
      let header = start..<start + 512
      guard bytes[header][(start + 257)...].starts(with: "ustar".utf8) else { continue }
      result.replaceSubrange(start + 148..<start + 156, with: Array(repeating: 0x20, count: 8))
      let sum = String(result[header].reduce(0) { $0 + Int($1) }, radix: 8)
      result.replaceSubrange(
        start + 148..<start + 156, with: Array((String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\0 ").utf8))
    }
    return result
  }

  /// The checks of records, and lengths that the file can hold.
  static func repairedRecords(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var place = 0
    while result.count - place >= 16 {
      let stored = (0..<8).reduce(0) { $0 | Int(result[place + $1]) << (8 * $1) }
      let length = stored < 0 ? 0 : min(stored, result.count - place - 16)
      for byte in 0..<8 { result[place + byte] = UInt8(truncatingIfNeeded: length >> (8 * byte)) }
      for (start, count) in [(place, 8), (place + 12, length)] {
        let check = masked(result[start..<start + count])
        for byte in 0..<4 { result[start + count + byte] = UInt8(truncatingIfNeeded: check >> UInt32(8 * byte)) }
      }
      place += 16 + length
    }
    return result
  }

  /// CRC-32C as TFRecord masks it, bit by bit.
  private static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let value = ~bytes.reduce(UInt32.max) { value, byte in
      (0..<8).reduce(value ^ UInt32(byte)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1 }
    }
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
