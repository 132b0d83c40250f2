extension StructureCheck {
  /// All records of a tree of version 2.
  mutating func records(at address: Int, kind: UInt64, size: Int) throws(Damage) -> [Cursor] {
    var header = try block(at: address, count: 38, of: "the tree of records").withoutChecksum()
    try header.expect("BTHD")
    try header.expect(1, 0, "version")
    try header.expect(1, kind, "kind")
    let nodeBytes = try header.integer(4)
    try header.expect(2, UInt64(size), "size of records")
    let depth = try header.integer(2)
    try header.skip(2)
    let root = try header.address()
    let count = try header.integer(2)
    let total = try header.integer(8)
    try header.require(
      depth < 16 && nodeBytes >= 64 && nodeBytes <= file.end && size <= nodeBytes - 32,
      "has nodes of \(nodeBytes) bytes, \(depth) deep")
    guard let root else {
      try header.require(total == 0, "has \(total) records nowhere")
      return []
    }
    let nodes = RecordNodes(nodeBytes: nodeBytes, size: size, kind: kind, depth: depth)
    var found: [Cursor] = []
    let sum = try records(of: nodes, at: root, level: depth, count: count, &found)
    try header.require(sum == total, "has \(sum) records instead of \(total)")
    return found
  }

  /// Sizes that follow from those of nodes and records.
  private struct RecordNodes {
    let nodeBytes: Int, size: Int
    let kind: UInt64
    /// Records in a full node, and in all nodes below it and itself, by level.
    private(set) var most: [Int], mostBelow: [Int]

    init(nodeBytes: Int, size: Int, kind: UInt64, depth: Int) {
      (self.nodeBytes, self.size, self.kind) = (nodeBytes, size, kind)
      most = [(nodeBytes - 10) / size]
      mostBelow = most
      for level in 1..<max(1, depth + 1) {
        let pointer = pointerBytes(level)
        most.append(max(0, nodeBytes - 10 - pointer) / (size + pointer))
        mostBelow.append(
          Int(clamping: UInt((most[level] + 1).multipliedClamping(by: mostBelow[level - 1])) + UInt(most[level])))
      }
    }

    /// Bytes of a number of records up to a limit.
    static func bytes(_ limit: Int) -> Int { limit.logarithm / 8 + 1 }

    var countBytes: Int { RecordNodes.bytes(most[0]) }
    /// Bytes of the number of records below a child; the lowest nodes have none below.
    func totalBytes(_ level: Int) -> Int { level > 1 ? RecordNodes.bytes(mostBelow[level - 1]) : 0 }
    func pointerBytes(_ level: Int) -> Int { 8 + countBytes + totalBytes(level) }
  }

  private mutating func records(
    of nodes: RecordNodes, at address: Int, level: Int, count: Int, _ found: inout [Cursor]
  ) throws(Damage) -> Int {
    let what = "the node of a tree of records"
    let start = try file.bytes(at: address, count: min(nodes.nodeBytes, max(0, file.end - address)), of: what)
    try start.require(count <= nodes.most[level], "has \(count) records")
    try claim(address, nodes.nodeBytes, of: what)
    let used = 6 + count * nodes.size + (level > 0 ? (count + 1) * nodes.pointerBytes(level) : 0) + 4
    try start.require(used <= nodes.nodeBytes, "has \(count) records")
    var node = try file.bytes(at: address, count: used, of: what).withoutChecksum()
    try node.expect(level > 0 ? "BTIN" : "BTLF")
    try node.expect(1, 0, "version")
    try node.expect(1, nodes.kind, "kind")
    for _ in 0..<count { found.append(try node.take(nodes.size)) }
    var sum = count
    for _ in 0..<(level > 0 ? count + 1 : 0) {
      let child = try node.requiredAddress("node")
      let children = try node.integer(nodes.countBytes)
      let below = level > 1 ? try node.integer(nodes.totalBytes(level)) : children
      let counted = try records(of: nodes, at: child, level: level - 1, count: children, &found)
      try node.require(counted == below, "counts its records wrongly")
      sum += counted
    }
    return sum
  }
}
