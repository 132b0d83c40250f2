/// Bob Jenkins's lookup3, `hashlittle` (burtleburtle.net/bob/c/lookup3.c), with which HDF5 secures its newer
/// structures.
enum Checksum {
  static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var (a, b, c) = (0xDEAD_BEEF + UInt32(truncatingIfNeeded: bytes.count), UInt32(0), UInt32(0))
    (b, c) = (a, a)
    var place = bytes.startIndex
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { word, byte in
        let index = place + offset + byte
        return index < bytes.endIndex ? word | UInt32(bytes[index]) << (8 * UInt32(byte)) : word
      }
    }
    while bytes.endIndex - place > 12 {
      (a, b, c) = (a &+ word(0), b &+ word(4), c &+ word(8))
      a = (a &- c) ^ rotate(c, 4)
      c = c &+ b
      b = (b &- a) ^ rotate(a, 6)
      a = a &+ c
      c = (c &- b) ^ rotate(b, 8)
      b = b &+ a
      a = (a &- c) ^ rotate(c, 16)
      c = c &+ b
      b = (b &- a) ^ rotate(a, 19)
      a = a &+ c
      c = (c &- b) ^ rotate(b, 4)
      b = b &+ a
      place += 12
    }
    guard place < bytes.endIndex else { return c }
    (a, b, c) = (a &+ word(0), b &+ word(4), c &+ word(8))
    c = (c ^ b) &- rotate(b, 14)
    a = (a ^ c) &- rotate(c, 11)
    b = (b ^ a) &- rotate(a, 25)
    c = (c ^ b) &- rotate(b, 16)
    a = (a ^ c) &- rotate(c, 4)
    b = (b ^ a) &- rotate(a, 14)
    return (c ^ b) &- rotate(b, 24)
  }

  private static func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value << count | value >> (32 - count) }
}
