/// A datatype as a file describes it.
///
/// Numbers of the sizes that are read must be whole or IEEE floats without odd bits; other types only need a sound
/// description.
struct StoredType {
  /// Bytes of one element in the file.
  let byteCount: Int
  /// Whether an element is a place in a global heap, where a string lies.
  let isVariableString: Bool

  private static let mostDepth = 8

  init(_ message: inout Cursor) throws(Damage) { try self.init(&message, depth: 0) }

  private init(_ message: inout Cursor, depth: Int) throws(Damage) {
    try message.require(depth < StoredType.mostDepth, "has types inside types without end")
    let first = try message.number(1)
    let (kind, version) = (first & 15, first >> 4)
    let bits = try message.number(3)
    byteCount = try message.integer(4)
    try message.require((1...4).contains(version), "has a type of version \(version)")
    try message.require(byteCount > 0, "has a type of no bytes")
    var isVariableString = false
    switch kind {
    case 0: try StoredType.checkInteger(&message, byteCount)
    case 1: try StoredType.checkFloat(&message, byteCount, bits)
    case 2: try message.skip(2)
    case 3: try message.require(bits & 15 <= 2 && bits >> 4 <= 1, "has strings of an unknown form")
    case 4: try StoredType.checkRange(&message, byteCount)
    case 5: try message.skip(Int(bits & 0xFF))
    case 6: try StoredType.checkMembers(&message, byteCount, count: Int(bits & 0xFFFF), version, depth)
    case 7: break
    case 8: try StoredType.checkNames(&message, byteCount, count: Int(bits & 0xFFFF), version, depth)
    case 9:
      try message.require(
        byteCount == 16 && bits & 15 <= 1 && (bits >> 8) & 15 <= 1, "has a type of variable length that is unknown")
      let base = try StoredType(&message, depth: depth + 1)
      isVariableString = bits & 15 == 1
      try message.require(!isVariableString || base.byteCount == 1, "has strings of wide characters")
      try message.require(!base.isVariableString, "has lists of strings")
    case 10:
      try message.require(version >= 2, "has an array of version \(version)")
      let rank = try message.integer(1)
      try message.require((1...32).contains(rank), "has an array of \(rank) axes")
      try message.skip(version == 2 ? 3 : 0)
      var count = 1
      for _ in 0..<rank { count = count.multipliedClamping(by: try message.integer(4)) }
      try message.skip(version == 2 ? 4 * rank : 0)
      let base = try StoredType(&message, depth: depth + 1)
      try message.require(count.multipliedClamping(by: base.byteCount) == byteCount, "has an array of another size")
      try message.require(!base.isVariableString, "has arrays of strings")
    default: throw message.damage("has a type of the unknown class \(kind)")
    }
    self.isVariableString = isVariableString
  }

  /// The bits of a number within its bytes.
  @discardableResult
  private static func checkRange(_ message: inout Cursor, _ byteCount: Int) throws(Damage) -> (first: Int, count: Int) {
    let (first, count) = (try message.integer(2), try message.integer(2))
    try message.require(count > 0 && first + count <= 8 * byteCount, "has a number with bits outside of its bytes")
    return (first, count)
  }

  private static func checkInteger(_ message: inout Cursor, _ byteCount: Int) throws(Damage) {
    let bits = try checkRange(&message, byteCount)
    try message.require(
      byteCount > 8 || [1, 2, 4, 8].contains(byteCount) && bits == (0, 8 * byteCount), "has integers with unused bits")
  }

  private static func checkFloat(_ message: inout Cursor, _ byteCount: Int, _ bits: UInt64) throws(Damage) {
    let range = try checkRange(&message, byteCount)
    let fields = [
      Int(bits >> 8 & 0xFF), try message.integer(1), try message.integer(1), try message.integer(1),
      try message.integer(1),
    ]
    let bias = try message.integer(4)
    // The places of sign, exponent and mantissa, and their bits.
    let standards = [2: [15, 10, 5, 0, 10, 15], 4: [31, 23, 8, 0, 23, 127], 8: [63, 52, 11, 0, 52, 1023]]
    if let standard = standards[byteCount] {
      try message.require(
        fields + [bias] == standard && range == (0, 8 * byteCount),
        "has floats of \(byteCount) bytes that are not those of IEEE 754")
    } else {
      try message.require(byteCount > 8, "has floats of \(byteCount) bytes")
    }
  }

  private static func checkMembers(
    _ message: inout Cursor, _ byteCount: Int, count: Int, _ version: UInt64, _ depth: Int
  ) throws(Damage) {
    try message.require(count > 0, "has a compound type without members")
    var offsetBytes = 1
    while version >= 3, offsetBytes < 4, byteCount >> (8 * offsetBytes) > 0 { offsetBytes += 1 }
    for _ in 0..<count {
      try skipName(&message, padded: version < 3)
      let offset = try message.integer(version < 3 ? 4 : offsetBytes)
      var elements = 1
      if version == 1 {
        let rank = try message.integer(1)
        try message.require(rank <= 4, "has a member of \(rank) axes")
        try message.skip(11)
        for axis in 0..<4 {
          let size = try message.integer(4)
          if axis < rank { elements = elements.multipliedClamping(by: size) }
        }
      }
      let member = try StoredType(&message, depth: depth + 1)
      let size = elements.multipliedClamping(by: member.byteCount)
      try message.require(
        offset <= byteCount && size <= byteCount - offset, "has a member outside of its compound type")
    }
  }

  private static func checkNames(
    _ message: inout Cursor, _ byteCount: Int, count: Int, _ version: UInt64, _ depth: Int
  ) throws(Damage) {
    let base = try StoredType(&message, depth: depth + 1)
    try message.require(base.byteCount == byteCount && byteCount <= 8, "has an enumeration that is no number")
    try message.require(count > 0, "has an enumeration without values")
    for _ in 0..<count { try skipName(&message, padded: version < 3) }
    try message.skip(count * byteCount)
  }

  private static func skipName(_ message: inout Cursor, padded: Bool) throws(Damage) {
    let length = try message.text().count + 1
    if padded { try message.skip((8 - length % 8) % 8) }
  }
}
