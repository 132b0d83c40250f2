/// The cyclic redundancy check of Castagnoli (RFC 3720, B.4), and as TFRecord masks it.
enum CRC32C {
  /// The check of a byte, followed by 0 to 7 bytes of zeros.
  private static let tables: [[UInt32]] = {
    let polynomial: UInt32 = 0x82F6_3B78
    func shifted(_ value: UInt32) -> UInt32 { value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
    let first = (0..<256).map { byte in (0..<8).reduce(UInt32(byte)) { value, _ in shifted(value) } }
    var tables = [first]
    for _ in 1..<8 { tables.append(tables.last!.map { ($0 >> 8) ^ first[Int($0 & 0xFF)] }) }
    return tables
  }()

  static func value(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value = UInt32.max
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe tables.withUnsafeBufferPointer { tables in
        var place = 0
        while place + 8 <= bytes.count {
          let word = unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) ^ UInt64(value)
          value = 0
          for byte in 0..<8 { unsafe value ^= tables[7 - byte][Int((word >> UInt64(8 * byte)) & 0xFF)] }
          place += 8
        }
        while place < bytes.count {
          unsafe value = (value >> 8) ^ tables[0][Int((value ^ UInt32(bytes[place])) & 0xFF)]
          place += 1
        }
      }
    }
    return ~value
  }

  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let value = value(bytes)
    return (value >> 15 | value << 17) &+ 0xA282_EAD8
  }
}
