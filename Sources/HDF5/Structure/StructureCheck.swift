/// Whether a file is put together as the format says (HDF5 File Format Specification, version 3.0), in every structure
/// that the library may look at: addresses and counts inside the file and inside each other, no two structures in the
/// same bytes, and only types, storage and filters that are read.
///
/// HDF5 1.8 to 1.14 are not made for files that somebody has tampered with or that a disk has damaged: they overflow
/// buffers, divide by zero and run in circles over them. So a file is looked through here, in safe code, before the
/// library opens it (docs/decisions/0008-structure-before-library.md). The bytes of the elements are not looked at: no
/// value of them is wrong.
struct StructureCheck {
  let file: StructureFile
  /// Entries of a node of a group's symbols, children of a node of a group's tree and of a tree of chunks: at most
  /// twice these.
  var (leafEntries, groupChildren, chunkChildren) = (4, 16, 32)
  /// Objects whose headers have been read.
  var visited: Set<Int> = []
  /// Objects that links lead to.
  var pending: [Int] = []
  /// Types that have a name, by the address of their header.
  var types: [Int: StoredType] = [:]
  /// Trees and heaps of old groups, by the address of their header; first as their entries, then as the headers
  /// themselves say.
  var (cachedTables, tables): ([Int: SymbolTable], [Int: SymbolTable]) = ([:], [:])
  var heaps: [Int: GlobalHeap] = [:]
  private var claimed: [Range<Int>] = []
  private var claimedBytes = 0

  struct SymbolTable: Equatable { let tree: Int, heap: Int }

  /// Throws where something is not as it should be.
  static func check(_ path: String) throws(Damage) {
    var check = StructureCheck(file: try StructureFile(path))
    check.pending.append(try check.superblock())
    while let address = check.pending.popLast() {
      if check.visited.contains(address) { continue }
      try check.visit(address, depth: 0)
    }
    // A group that has turned into a newer one has none of its own any more.
    for (address, table) in check.cachedTables where check.tables[address] ?? table != table {
      throw Damage("the object header at byte \(address) is a group whose entry says otherwise")
    }
    try check.requireApart()
  }

  private init(file: StructureFile) { self.file = file }

  /// Bytes that belong to one structure only.
  mutating func claim(_ address: Int, _ count: Int, of what: String) throws(Damage) {
    guard address >= 0, count >= 0, address <= file.end, count <= file.end - address else {
      throw Damage("\(what) at byte \(address) lies outside of the file")
    }
    guard count > 0 else { return }
    claimedBytes += count
    // Known before the end, so that a file that leads in circles does not keep us.
    guard claimedBytes <= file.end else { throw Damage("\(what) at byte \(address) lies where something else is") }
    claimed.append(address..<address + count)
  }

  /// The bytes of a structure.
  mutating func block(at address: Int, count: Int, of what: String) throws(Damage) -> Cursor {
    try claim(address, count, of: what)
    return try file.bytes(at: address, count: count, of: what)
  }

  private func requireApart() throws(Damage) {
    var end = 0
    for range in claimed.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard range.lowerBound >= end else {
        throw Damage("two structures lie in the same bytes, at byte \(range.lowerBound)")
      }
      end = range.upperBound
    }
  }

  /// Where the header of the root group is.
  private mutating func superblock() throws(Damage) -> Int {
    var block = try file.bytes(at: 0, count: min(file.end, 100), of: "the superblock")
    try block.skip(8)
    let version = try block.number(1)
    try block.require(version <= 3, "has the version \(version), which only a newer release of HDF5 reads")
    let count = version == 0 ? 96 : version == 1 ? 100 : 48
    try claim(0, count, of: "the superblock")
    if version >= 2 {
      var whole = try file.bytes(at: 0, count: count, of: "the superblock").withoutChecksum()
      try whole.skip(9)
      return try newSuperblock(&whole)
    }
    for name in ["version of free space", "version of the root group"] { try block.expect(1, 0, name) }
    try block.skip(1)
    try block.expect(1, 0, "version of shared headers")
    try block.expect(1, 8, "size of addresses")
    try block.expect(1, 8, "size of lengths")
    try block.skip(1)
    leafEntries = try block.integer(2)
    groupChildren = try block.integer(2)
    try block.skip(4)
    if version == 1 {
      chunkChildren = try block.integer(2)
      try block.skip(2)
    }
    try requireNodeSizes(block)
    try block.expect(8, UInt64(file.base), "base address")
    guard try block.address() == nil else { throw block.damage("keeps a list of free space") }
    try shorten(block.integer(8), block)
    guard try block.address() == nil else { throw block.damage("names a driver") }
    try block.skip(8)
    return try entry(&block).header
  }

  private mutating func newSuperblock(_ block: inout Cursor) throws(Damage) -> Int {
    try block.expect(1, 8, "size of addresses")
    try block.expect(1, 8, "size of lengths")
    let flags = try block.number(1)
    try block.require(flags & ~7 == 0, "has the flags \(flags)")
    try block.expect(8, UInt64(file.base), "base address")
    let extra = try block.address()
    try shorten(block.integer(8), block)
    let root = try block.requiredAddress("root group")
    if let extra {
      for message in try header(at: extra) { try checkExtra(message) }
      visited.insert(extra)
    }
    return root
  }

  /// Only sizes of nodes may stand in the superblock's own header.
  private mutating func checkExtra(_ message: HeaderMessage) throws(Damage) {
    var body = message.body
    switch message.kind {
    case .null: break
    case .treeSizes:
      try body.expect(1, 0, "version")
      chunkChildren = try body.integer(2)
      groupChildren = try body.integer(2)
      leafEntries = try body.integer(2)
      try requireNodeSizes(body)
    default: throw body.damage("belongs to no superblock that is read: write the file again with h5repack")
    }
  }

  private func requireNodeSizes(_ block: Cursor) throws(Damage) {
    for size in [leafEntries, groupChildren, chunkChildren] {
      try block.require((1...32_768).contains(size), "has nodes of \(size) entries")
    }
  }

  private func shorten(_ end: Int, _ block: Cursor) throws(Damage) {
    let bytes = end - file.base
    try block.require(
      bytes >= 48 && bytes <= file.end,
      "says that the file ends at byte \(end), which it does not: the file is truncated")
    file.end = bytes
  }
}
