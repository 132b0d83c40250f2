extension ChunkedStorage {
  /// The indexes of newer files (layout version 4): one of five.
  mutating func checkIndex(_ layout: inout Cursor, _ check: inout StructureCheck) throws(Damage) {
    let flags = try layout.number(1)
    try layout.require(flags & ~2 == 0, "treats chunks at the edge in another way: write the file again with h5repack")
    let rank = try layout.integer(1)
    let bytes = try layout.integer(1)
    try layout.require((1...8).contains(bytes), "has numbers of \(bytes) bytes")
    try takeShape(&layout, rank: rank, bytes: bytes)
    let kind = try layout.number(1)
    let counts = mostChunks.compactMap { $0 }
    let endless = mostChunks.count - counts.count
    let count = counts.reduce(1) { $0.multipliedClamping(by: $1) }
    switch kind {
    case 1:
      try layout.require(endless == 0 && count == 1, "has one chunk where there should be \(count)")
      try layout.require((flags & 2 != 0) == (filters != nil), "has a chunk that is filtered and is not")
      let (stored, mask) = filters == nil ? (nil, 0) : (try layout.integer(8), try layout.integer(4))
      if let address = try layout.address() { try claim(address, stored: stored, mask: mask, &check, layout) }
    case 2:
      try layout.require(
        endless == 0 && filters == nil && !type.isVariableString, "has chunks without an index that need one")
      if let address = try layout.address() {
        try check.claim(address, count.multipliedClamping(by: chunkBytes), of: "the chunks")
      }
    case 3:
      try layout.skip(1)
      try layout.require(endless == 0, "has a fixed number of chunks, but grows")
      if let address = try layout.address() { try checkFixedArray(at: address, count: count, &check) }
    case 4:
      try layout.skip(5)
      try layout.require(endless == 1, "has chunks along one axis, but grows along \(endless)")
      if let address = try layout.address() { try ExtensibleArray(at: address, entryBytes, &check).check(self, &check) }
    case 5:
      try layout.skip(6)
      guard let address = try layout.address() else { return }
      let (kind, size) = filters == nil ? (10, 8) : (11, entryBytes)
      for var record in try check.records(at: address, kind: UInt64(kind), size: size + 8 * (rank - 1)) {
        try checkEntry(&record, &check)
        for most in mostChunks {
          try record.require(try record.integer(8) < most ?? .max, "has a chunk outside of the dataset")
        }
      }
    default: throw layout.damage("has an index of the unknown kind \(kind)")
    }
  }

  /// Bytes of an entry of an index: an address, and for filtered chunks their size and which filters were left out.
  private var entryBytes: Int { filters == nil ? 8 : 8 + sizeBytes + 4 }

  /// Bytes of the number that says how large a filtered chunk is in the file.
  private var sizeBytes: Int { min(8, 1 + (chunkBytes.logarithm + 8) / 8) }

  private func checkEntry(_ entries: inout Cursor, _ check: inout StructureCheck) throws(Damage) {
    let address = try entries.address()
    let (stored, mask) = filters == nil ? (nil, 0) : (try entries.integer(sizeBytes), try entries.integer(4))
    if let address { try claim(address, stored: stored, mask: mask, &check, entries) }
  }

  /// As many entries as are left.
  func checkEntries(_ entries: Cursor, _ check: inout StructureCheck) throws(Damage) {
    var entries = entries
    while entries.count > 0 { try checkEntry(&entries, &check) }
  }

  private func checkFixedArray(at address: Int, count: Int, _ check: inout StructureCheck) throws(Damage) {
    var header = try check.block(at: address, count: 28, of: "the fixed array").withoutChecksum()
    try header.expect("FAHD")
    try header.expect(1, 0, "version")
    try header.expect(1, filters == nil ? 0 : 1, "kind")
    try header.expect(1, UInt64(entryBytes), "size of entries")
    let pageBits = try header.integer(1)
    try header.require(pageBits < 32, "has pages of 2^\(pageBits) entries")
    try header.expect(8, UInt64(count), "number of chunks")
    guard let block = try header.address() else { return }
    let page = 1 << pageBits
    let bytes = count.multipliedClamping(by: entryBytes)
    try header.require(bytes <= check.file.end, "has more entries than the file has bytes")
    let pages = count > page ? (count + page - 1) / page : 0
    let start = 14 + (pages + 7) / 8
    var head = try check.block(at: block, count: start + (pages > 0 ? 0 : bytes) + 4, of: "the block of a fixed array")
      .withoutChecksum()
    try head.expect("FADB")
    try head.expect(1, 0, "version")
    try head.expect(1, filters == nil ? 0 : 1, "kind")
    try head.expect(8, UInt64(address), "header")
    guard pages > 0 else { return try checkEntries(head, &check) }
    let isMade = head.raw
    var place = block + start + 4
    for index in 0..<pages {
      let size = min(page, count - index * page) * entryBytes + 4
      let entries = try check.block(at: place, count: size, of: "the page of a fixed array")
      if isMade[index / 8] >> (7 - index % 8) & 1 == 1 { try checkEntries(entries.withoutChecksum(), &check) }
      place += size
    }
  }
}

extension Int {
  /// The largest power of two that is not larger, as an exponent; 0 for 0.
  var logarithm: Int { self > 0 ? Int.bitWidth - 1 - leadingZeroBitCount : 0 }
}
