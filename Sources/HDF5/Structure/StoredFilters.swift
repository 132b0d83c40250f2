/// The filters of each chunk: shuffled, compressed, a checksum appended; any of these, in this order.
struct StoredFilters {
  /// Deflate, LZF, shuffle and Fletcher's checksum. The values of LZF are its versions and the size of a chunk.
  private static let known: [UInt64: (name: String, values: Int, place: Int)] = [
    2: ("shuffle", 1, 0), 1: ("deflate", 1, 1), lzf: ("lzf", 3, 1), 3: ("fletcher32", 0, 2),
  ]
  private static let lzf = UInt64(LZF.filter)

  private let kinds: [UInt64]
  /// The bytes of an element as shuffle was set up; nil without it.
  private(set) var shuffled: Int?

  var count: Int { kinds.count }

  /// Bytes of a chunk in the file, of which there are `bytes` in memory.
  ///
  /// - Parameter mask: filters that were left out, a bit for each.
  func stored(_ bytes: Int, mask: Int) -> ClosedRange<Int> {
    let used = kinds.enumerated().filter { mask >> $0.offset & 1 == 0 }.map(\.element)
    let checksum = used.contains(3) ? 4 : 0
    // Compression grows what it cannot shrink by little; the library takes memory for all of it.
    return used.contains(1) || used.contains(StoredFilters.lzf)
      ? checksum + 1...2 * bytes + 1024 : bytes + checksum...bytes + checksum
  }

  init(_ message: inout Cursor) throws(Damage) {
    let version = try message.number(1)
    let count = try message.integer(1)
    try message.require(
      (1...2).contains(version) && (1...3).contains(count), "has the version \(version) with \(count) filters")
    if version == 1 { try message.skip(6) }
    var kinds: [UInt64] = []
    var last = -1
    for _ in 0..<count {
      let kind = try message.number(2)
      guard let known = StoredFilters.known[kind] else {
        throw message.damage(
          "has chunks in a form (filter \(kind)) that is not read: store them with gzip, lzf or as they are")
      }
      try message.require(known.place > last, "uses \(known.name) twice or too late")
      last = known.place
      let nameLength = version == 1 ? try message.integer(2) : 0
      try message.skip(2)
      let values = try message.integer(2)
      try message.skip((nameLength + 7) / 8 * 8)
      try message.require(known.values == values, "gives \(known.name) \(values) values")
      for _ in 0..<values {
        let value = try message.integer(4)
        if kind == 1 { try message.require(value <= 9, "has the level \(value) of deflate") }
        if kind == 2 { shuffled = value }
      }
      if version == 1, values % 2 == 1 { try message.skip(4) }
      kinds.append(kind)
    }
    self.kinds = kinds
  }
}
