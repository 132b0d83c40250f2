/// The index of the chunks of a dataset that grows along one axis: blocks of entries, each larger than the ones before.
struct ExtensibleArray {
  private let address: Int
  private let kind: UInt64
  private let entryBytes: Int
  private let indexEntries: Int
  private let leastEntries: Int
  private let leastPointers: Int
  private let pageEntries: Int
  private let offsetBytes: Int
  private let levels: Int
  private let index: Int?

  init(at address: Int, _ entryBytes: Int, _ check: inout StructureCheck) throws(Damage) {
    var header = try check.block(at: address, count: 72, of: "the extensible array").withoutChecksum()
    try header.expect("EAHD")
    try header.expect(1, 0, "version")
    kind = try header.number(1)
    try header.expect(1, UInt64(entryBytes), "size of entries")
    let bits = try header.integer(1)
    indexEntries = try header.integer(1)
    leastEntries = try header.integer(1)
    leastPointers = try header.integer(1)
    let pageBits = try header.integer(1)
    try header.require(
      kind == (entryBytes == 8 ? 0 : 1) && (1...48).contains(bits) && pageBits <= bits
        && leastEntries.nonzeroBitCount == 1
        && leastPointers.nonzeroBitCount == 1 && leastEntries.logarithm <= bits,
      "has parameters that do not fit together")
    try header.skip(48)
    index = try header.address()
    (self.address, self.entryBytes, pageEntries, offsetBytes) = (address, entryBytes, 1 << pageBits, (bits + 7) / 8)
    levels = 1 + bits - leastEntries.logarithm
    try header.require(2 * leastPointers.logarithm <= levels, "has parameters that do not fit together")
  }

  func check(_ chunks: ChunkedStorage, _ check: inout StructureCheck) throws(Damage) {
    guard let index else { return }
    let direct = 2 * leastPointers.logarithm
    let pointers = 2 * (leastPointers - 1)
    let count = 14 + indexEntries * entryBytes + 8 * (pointers + levels - direct) + 4
    var block = try check.block(at: index, count: count, of: "the index of an extensible array").withoutChecksum()
    try expect("EAIB", &block)
    try chunks.checkEntries(try block.take(indexEntries * entryBytes), &check)
    for level in 0..<direct {
      for _ in 0..<blocks(level) {
        if let place = try block.address() { try checkBlock(at: place, level, nil, chunks, &check) }
      }
    }
    for level in direct..<levels {
      if let place = try block.address() { try checkSuperblock(at: place, level, chunks, &check) }
    }
  }

  private func blocks(_ level: Int) -> Int { 1 << (level / 2) }
  private func entries(_ level: Int) -> Int { (1 << ((level + 1) / 2)).multipliedClamping(by: leastEntries) }

  private func checkSuperblock(
    at place: Int, _ level: Int, _ chunks: ChunkedStorage, _ check: inout StructureCheck
  ) throws(Damage) {
    let pages = entries(level) > pageEntries ? entries(level) / pageEntries : 0
    let maskBytes = (pages + 7) / 8
    let count = 14 + offsetBytes + blocks(level).multipliedClamping(by: maskBytes + 8)
    guard count < check.file.end else {
      throw Damage("the extensible array at byte \(address) is larger than the file")
    }
    var block = try check.block(at: place, count: count + 4, of: "the block of an extensible array").withoutChecksum()
    try expect("EASB", &block)
    try block.skip(offsetBytes)
    var masks: [[UInt8]] = []
    for _ in 0..<blocks(level) { masks.append(try block.take(maskBytes).raw) }
    for mask in masks {
      if let place = try block.address() { try checkBlock(at: place, level, mask, chunks, &check) }
    }
  }

  /// - Parameter isMade: a bit for each page; all of them if nil.
  private func checkBlock(
    at place: Int, _ level: Int, _ isMade: [UInt8]?, _ chunks: ChunkedStorage, _ check: inout StructureCheck
  ) throws(Damage) {
    let count = entries(level)
    let bytes = count.multipliedClamping(by: entryBytes)
    guard bytes < check.file.end else {
      throw Damage("the extensible array at byte \(address) is larger than the file")
    }
    let isPaged = count > pageEntries
    let size = 14 + offsetBytes + (isPaged ? 0 : bytes) + 4
    var block = try check.block(at: place, count: size, of: "the block of an extensible array").withoutChecksum()
    try expect("EADB", &block)
    try block.skip(offsetBytes)
    guard isPaged else { return try chunks.checkEntries(block, &check) }
    let pageBytes = pageEntries * entryBytes + 4
    for page in 0..<count / pageEntries {
      let entries = try check.block(
        at: place + size + page * pageBytes, count: pageBytes, of: "the page of an extensible array")
      guard let isMade else { throw Damage("the extensible array at byte \(address) has pages where there are none") }
      if isMade[page / 8] >> (7 - page % 8) & 1 == 1 { try chunks.checkEntries(entries.withoutChecksum(), &check) }
    }
  }

  private func expect(_ signature: String, _ block: inout Cursor) throws(Damage) {
    try block.expect(signature)
    try block.expect(1, 0, "version")
    try block.expect(1, kind, "kind")
    try block.expect(8, UInt64(address), "header")
  }
}
