/// A dataset that lies in chunks of equal shape, found through an index.
struct ChunkedStorage {
  let type: StoredType
  let shape: StoredSpace
  let filters: StoredFilters?
  /// Elements along each axis.
  private var chunk: [Int] = []
  /// Of one chunk, before filters.
  private(set) var chunkBytes = 0

  init(_ type: StoredType, _ shape: StoredSpace, _ filters: StoredFilters?) {
    (self.type, self.shape, self.filters) = (type, shape, filters)
  }

  /// Chunks along each axis when it has grown as far as it may; nil for without end.
  var mostChunks: [Int?] {
    zip(shape.limits, chunk).map { limit, chunk in limit.map { $0 / chunk + ($0 % chunk > 0 ? 1 : 0) } }
  }

  /// Takes the shape of the chunks, whose last number is the size of an element.
  mutating func takeShape(_ layout: inout Cursor, rank: Int, bytes: Int) throws(Damage) {
    try layout.require(rank == shape.dimensions.count + 1 && rank > 1, "has chunks of \(rank - 1) axes")
    for _ in 0..<rank { chunk.append(try layout.integer(bytes)) }
    try layout.require(chunk.removeLast() == type.byteCount, "has chunks of other elements")
    try layout.require(chunk.allSatisfy { $0 > 0 }, "has chunks without elements")
    chunkBytes = chunk.reduce(type.byteCount) { $0.multipliedClamping(by: $1) }
    try layout.require(chunkBytes < 1 << 32, "has chunks of \(chunkBytes) bytes")
    try layout.require(filters?.shuffled ?? type.byteCount == type.byteCount, "shuffles other elements")
    try layout.require(
      filters == nil || !type.isVariableString, "has strings in filtered chunks: store them as they are")
  }

  /// One chunk in the file.
  ///
  /// - Parameters:
  ///   - stored: its bytes there, if they may differ from those in memory.
  ///   - mask: filters that were left out.
  func claim(_ address: Int, stored: Int?, mask: Int, _ check: inout StructureCheck, _ index: Cursor) throws(Damage) {
    let bytes = stored ?? chunkBytes
    try index.require(mask >> (filters?.count ?? 0) == 0, "leaves out filters that there are not")
    let possible = filters?.stored(chunkBytes, mask: mask) ?? chunkBytes...chunkBytes
    try index.require(possible.contains(bytes), "has a chunk of \(bytes) bytes for \(chunkBytes)")
    guard type.isVariableString else { return try check.claim(address, bytes, of: "a chunk") }
    try check.strings(check.block(at: address, count: bytes, of: "a chunk"), count: bytes / type.byteCount)
  }

  /// A tree of version 1, whose keys are the places of chunks.
  mutating func checkTree(_ layout: inout Cursor, _ check: inout StructureCheck) throws(Damage) {
    let rank = try layout.integer(1)
    let root = try layout.address()
    try takeShape(&layout, rank: rank, bytes: 4)
    guard let root else { return }
    let most = 2 * check.chunkChildren
    var nodes = [root]
    var level: Int?
    var last: [Int]?
    while true {
      var children: [Int] = []
      for (index, address) in nodes.enumerated() {
        var node = try check.block(
          at: address, count: 24 + 8 * most + (8 + 8 * rank) * (most + 1), of: "the node of a tree of chunks")
        let found = try check.treeNode(&node, kind: 1, level, most: most, (nodes, index))
        level = found.level
        for _ in 0..<found.count {
          let (stored, mask) = (try node.integer(4), try node.integer(4))
          var place: [Int] = []
          for _ in 0..<rank { place.append(try node.integer(8)) }
          let child = try node.requiredAddress("chunk")
          if found.level > 0 {
            children.append(child)
            continue
          }
          try node.require(place.last == 0 && isInside(place.dropLast()), "has a chunk at \(place.dropLast())")
          try node.require(last.map { $0.lexicographicallyPrecedes(place) } ?? true, "has chunks out of order")
          last = place
          try claim(child, stored: stored, mask: mask, &check, node)
        }
      }
      guard let height = level, height > 0 else { return }
      (nodes, level) = (children, height - 1)
    }
  }

  private func isInside(_ place: ArraySlice<Int>) -> Bool {
    zip(place, zip(shape.dimensions, chunk)).allSatisfy { $0 < $1.0 && $0 % $1.1 == 0 }
  }
}
