/// Where a newer group or object keeps its links or attributes when there are many: blocks of growing size, in a table.
struct FractalHeap {
  private let address: Int
  private let idBytes: Int
  private let (width, least, most): (Int, Int, Int)
  private let (offsetBytes, lengthBytes): (Int, Int)
  private let prefixBytes: Int
  private let hasChecksums: Bool
  /// Blocks that hold objects, by their place in the heap.
  private var blocks: [(start: Int, bytes: Cursor)] = []
  /// Objects by themselves, because no block is large enough, by their number.
  private var large: [Int: Cursor] = [:]

  init(_ check: inout StructureCheck, at address: Int) throws(Damage) {
    var header = try check.block(at: address, count: 146, of: "the fractal heap").withoutChecksum()
    try header.expect("FRHP")
    try header.expect(1, 0, "version")
    idBytes = try header.integer(2)
    try header.expect(2, 0, "size of filters")
    let flags = try header.number(1)
    let largest = try header.integer(4)
    try header.skip(8)
    let largeTree = try header.address()
    try header.skip(56)
    let largeCount = try header.integer(8)
    try header.skip(8)
    let tinyCount = try header.integer(8)
    try header.require(tinyCount == 0, "holds a link or attribute of a few bytes")
    width = try header.integer(2)
    least = try header.integer(8)
    most = try header.integer(8)
    let bits = try header.integer(2)
    try header.skip(2)
    let root = try header.address()
    let rows = try header.integer(2)
    try header.require(
      [width, least, most].allSatisfy { $0.nonzeroBitCount == 1 } && least <= most && most <= 1 << 31 && width <= 1024
        && bits <= 48,
      "has parameters that do not fit together")
    self.address = address
    offsetBytes = (bits + 7) / 8
    lengthBytes = min((most.logarithm + 7) / 8, largest.logarithm / 8 + 1)
    hasChecksums = flags & 2 != 0
    prefixBytes = 13 + offsetBytes + (hasChecksums ? 4 : 0)
    try header.require(1 + offsetBytes + lengthBytes <= idBytes && idBytes <= 64, "has names of \(idBytes) bytes")
    try header.require(
      (width * least).logarithm <= bits && rows <= bits - (width * least).logarithm + 1, "has \(rows) rows")
    for var record in try largeTree.map({ tree throws(Damage) in try check.records(at: tree, kind: 1, size: 24) }) ?? []
    {
      let (place, count, number) = (try record.requiredAddress("object"), try record.integer(8), try record.integer(8))
      large[number] = try check.block(at: place, count: count, of: "a link or attribute")
    }
    try header.require(large.count == largeCount, "has \(large.count) large objects instead of \(largeCount)")
    guard let root else { return }
    if rows == 0 { try addBlock(&check, at: root, 0, least) } else { try addTable(&check, at: root, 0, rows) }
  }

  /// The object that a name in `id` stands for.
  func object(_ id: inout Cursor) throws(Damage) -> Cursor {
    var name = try id.take(idBytes)
    let kind = try name.number(1)
    if kind == 0x10, let object = large[try name.integer(min(8, idBytes - 1))] { return object }
    try name.require(kind == 0, "names an object in a way that is not read, or one that does not exist")
    let (place, length) = (try name.integer(offsetBytes), try name.integer(lengthBytes))
    guard let block = blocks.last(where: { $0.start <= place }), place - block.start >= prefixBytes,
      place - block.start <= block.bytes.count, length <= block.bytes.count - (place - block.start)
    else { throw name.damage("names an object outside of the fractal heap") }
    var bytes = block.bytes
    try bytes.skip(place - block.start)
    return try bytes.take(length, of: "a link or attribute")
  }

  private func rowBytes(_ row: Int) -> Int { row == 0 ? least : least << (row - 1) }

  private mutating func addTable(_ check: inout StructureCheck, at place: Int, _ start: Int, _ rows: Int) throws(Damage)
  {
    let direct = min(rows, most.logarithm - least.logarithm + 2)
    var table = try check.block(
      at: place, count: 13 + offsetBytes + 8 * width * rows + 4, of: "the table of a fractal heap"
    ).withoutChecksum()
    try expect("FHIB", &table, start)
    var next = start
    for row in 0..<rows {
      for _ in 0..<width {
        if let child = try table.address() {
          if row < direct {
            try addBlock(&check, at: child, next, rowBytes(row))
          } else {
            try addTable(&check, at: child, next, rowBytes(row).logarithm - (width * least).logarithm + 1)
          }
        }
        next += rowBytes(row)
      }
    }
  }

  private mutating func addBlock(_ check: inout StructureCheck, at place: Int, _ start: Int, _ count: Int)
    throws(Damage)
  {
    let bytes = try check.block(at: place, count: count, of: "the block of a fractal heap")
    var prefix = bytes
    try expect("FHDB", &prefix, start)
    if hasChecksums {
      // Taken while its own place held zeros.
      var whole = bytes.raw
      let own = prefix.taken
      whole.replaceSubrange(own..<own + 4, with: [0, 0, 0, 0])
      let checksum = Checksum.of(whole[...])
      guard try prefix.number(4) == UInt64(checksum) else {
        throw Damage(
          "the block of a fractal heap at byte \(place) has another checksum", checksum: (place + own, checksum))
      }
    }
    blocks.append((start, bytes))
  }

  private func expect(_ signature: String, _ block: inout Cursor, _ start: Int) throws(Damage) {
    try block.expect(signature)
    try block.expect(1, 0, "version")
    try block.expect(8, UInt64(address), "header")
    try block.expect(offsetBytes, UInt64(start), "place")
  }
}

extension StructureCheck {
  /// Links that are too many for a header: by name, and by the order in which they were made.
  mutating func linkInformation(_ body: inout Cursor) throws(Damage) {
    try body.expect(1, 0, "version")
    let flags = try body.number(1)
    if flags & 1 != 0 { try body.skip(8) }
    let (heap, names) = (try body.address(), try body.address())
    let order = flags & 2 != 0 ? try body.address() : nil
    guard let heap else { return try body.require(names == nil && order == nil, "sorts links that there are not") }
    let links = try FractalHeap(&self, at: heap)
    for (tree, kind, before) in [(names, 5, 4), (order, 6, 8)] {
      for var record in try tree.map({ tree throws(Damage) in
        try records(at: tree, kind: UInt64(kind), size: before + 7)
      }) ?? [] {
        try record.skip(before)
        var link = try links.object(&record)
        if kind == 5 { try self.link(&link) }
      }
    }
  }

  /// The same for attributes.
  mutating func attributeInformation(_ body: inout Cursor, _ depth: Int) throws(Damage) {
    try body.expect(1, 0, "version")
    let flags = try body.number(1)
    if flags & 1 != 0 { try body.skip(2) }
    let (heap, names) = (try body.address(), try body.address())
    let order = flags & 2 != 0 ? try body.address() : nil
    guard let heap else { return try body.require(names == nil && order == nil, "sorts attributes that there are not") }
    let attributes = try FractalHeap(&self, at: heap)
    for (tree, kind, size) in [(names, 8, 17), (order, 9, 13)] {
      for var record in try tree.map({ tree throws(Damage) in try records(at: tree, kind: UInt64(kind), size: size) })
        ?? []
      {
        var attribute = try attributes.object(&record)
        try record.require(try record.number(1) == 0, "shares an attribute with other objects")
        if kind == 8 { try self.attribute(&attribute, depth) }
      }
    }
  }
}
