/// The fields of a message of protocol buffers in the order in which they are written (protobuf.dev, "Encoding").
struct WireReader {
  private let bytes: ArraySlice<UInt8>
  private(set) var place: Int

  enum Value {
    case number(UInt64)
    /// Of 4 bytes.
    case word(UInt32)
    case bytes(Range<Int>)
  }

  /// The message does not follow its encoding.
  struct Damage: Error {}

  init(_ bytes: ArraySlice<UInt8>) { (self.bytes, place) = (bytes, bytes.startIndex) }

  /// The next field; nil at the end.
  mutating func next() throws(Damage) -> (field: Int, value: Value)? {
    guard place < bytes.endIndex else { return nil }
    let key = try number()
    guard key >> 3 > 0, let field = Int(exactly: key >> 3) else { throw Damage() }
    switch key & 7 {
    case 0: return (field, .number(try number()))
    case 1: return (field, .bytes(try take(8)))
    case 2:
      guard let count = Int(exactly: try number()) else { throw Damage() }
      return (field, .bytes(try take(count)))
    case 5:
      let range = try take(4)
      return (field, .word(bytes[range].reversed().reduce(0) { $0 << 8 | UInt32($1) }))
    default: throw Damage()
    }
  }

  /// A number of 7 bits in each byte, the lowest first.
  mutating func number() throws(Damage) -> UInt64 {
    var value: UInt64 = 0
    for shift in 0..<10 {
      let byte = bytes[try take(1).lowerBound]
      value |= UInt64(byte & 0x7F) << UInt64(7 * shift)
      if byte < 0x80 { return value }
    }
    throw Damage()
  }

  private mutating func take(_ count: Int) throws(Damage) -> Range<Int> {
    guard count <= bytes.endIndex - place else { throw Damage() }
    defer { place += count }
    return place..<place + count
  }
}
