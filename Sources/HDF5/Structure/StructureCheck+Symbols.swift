extension StructureCheck {
  /// The names of an old group, which lie one behind the other, each with a NUL.
  private struct Names {
    let bytes: [UInt8]
    let address: Int

    func requireName(at offset: Int) throws(Damage) {
      guard bytes.indices.contains(offset), let end = bytes[offset...].firstIndex(of: 0), end > offset else {
        throw Damage("the local heap at byte \(address) has no name at \(offset)")
      }
    }
  }

  /// An old group: a tree of nodes, whose leaves list members by name.
  mutating func symbols(_ table: SymbolTable) throws(Damage) {
    let names = try names(at: table.heap)
    for leaf in try leaves(of: table.tree) {
      var node = try block(at: leaf, count: 8 + 80 * leafEntries, of: "the symbol table node")
      try node.expect("SNOD")
      try node.expect(1, 1, "version")
      try node.skip(1)
      let count = try node.integer(2)
      try node.require(count <= 2 * leafEntries, "lists \(count) members")
      for _ in 0..<count {
        try names.requireName(at: try node.integer(8))
        let (header, softLink) = try entry(&node)
        if let softLink { try names.requireName(at: softLink) } else { pending.append(header) }
      }
    }
  }

  /// What an entry leads to: an object, or the place of the target of a soft link among the names.
  mutating func entry(_ node: inout Cursor) throws(Damage) -> (header: Int, softLink: Int?) {
    let header = try node.address()
    let kind = try node.number(4)
    try node.skip(4)
    var rest = try node.take(16)
    if kind == 2 { return (0, try rest.integer(4)) }
    guard let header else { throw node.damage("has an entry that leads to no object") }
    try node.require(kind <= 1, "has an entry of the unknown kind \(kind)")
    if kind == 1 {
      let table = SymbolTable(tree: try rest.requiredAddress("tree"), heap: try rest.requiredAddress("heap"))
      try node.require(cachedTables[header] ?? table == table, "has entries that contradict each other")
      cachedTables[header] = table
    }
    return (header, nil)
  }

  /// Where a dataset says that its elements lie in other files. Opening it is refused later, in words of its own.
  mutating func externalFiles(_ body: inout Cursor) throws(Damage) {
    try body.expect(1, 1, "version")
    try body.skip(3)
    let (slots, used) = (try body.integer(2), try body.integer(2))
    try body.require(used <= slots, "uses \(used) of \(slots) files")
    let names = try names(at: try body.requiredAddress("names"))
    for _ in 0..<used {
      try names.requireName(at: try body.integer(8))
      try body.skip(16)
    }
  }

  private mutating func names(at address: Int) throws(Damage) -> Names {
    var heap = try block(at: address, count: 32, of: "the local heap")
    try heap.expect("HEAP")
    try heap.expect(1, 0, "version")
    try heap.skip(3)
    let (size, first) = (try heap.integer(8), try heap.integer(8))
    let data = try block(at: try heap.requiredAddress("names"), count: size, of: "the names of a group")
    // Free pieces form a chain that ends with 1.
    var (next, left) = (first, size / 16)
    while next != 1 {
      try heap.require(next % 8 == 0 && next <= size - 16 && left > 0, "has a chain of free pieces that leads astray")
      var piece = data
      try piece.skip(next)
      let start = next
      next = try piece.integer(8)
      let bytes = try piece.integer(8)
      try heap.require(bytes >= 16 && bytes <= size - start, "has a free piece of \(bytes) bytes")
      left -= 1
    }
    return Names(bytes: data.raw, address: address)
  }

  /// The addresses in the lowest nodes of a tree whose keys are names.
  private mutating func leaves(of root: Int) throws(Damage) -> [Int] {
    var nodes = [root]
    var level: Int?
    while true {
      var children: [Int] = []
      for (index, address) in nodes.enumerated() {
        var node = try block(at: address, count: 24 + 8 + 32 * groupChildren, of: "the node of a group's tree")
        let found = try treeNode(&node, kind: 0, level, most: 2 * groupChildren, (nodes, index))
        level = found.level
        for _ in 0..<found.count {
          try node.skip(8)
          children.append(try node.requiredAddress("member"))
        }
      }
      guard let height = level, height > 0 else { return children }
      (nodes, level) = (children, height - 1)
    }
  }

  /// The beginning of a node of a tree of version 1.
  ///
  /// - Parameters:
  ///   - level: above the lowest nodes; nil at the root.
  ///   - place: all nodes of this level and which one this is, as neighbours know each other.
  func treeNode(
    _ node: inout Cursor, kind: UInt64, _ level: Int?, most: Int, _ place: (nodes: [Int], index: Int)
  ) throws(Damage) -> (level: Int, count: Int) {
    try node.expect("TREE")
    try node.expect(1, kind, "kind")
    let (found, count) = (try node.integer(1), try node.integer(2))
    try node.require(found == level ?? found && found < 16, "has the level \(found)")
    try node.require(count <= most && (count > 0 || level == nil && found == 0), "has \(count) children")
    let (left, right) = (try node.address(), try node.address())
    let (nodes, index) = place
    try node.require(
      left == (index > 0 ? nodes[index - 1] : nil) && right == (index + 1 < nodes.count ? nodes[index + 1] : nil),
      "has other neighbours than its parent says")
    return (found, count)
  }
}
