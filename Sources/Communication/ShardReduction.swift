public import Tensors

/// Combines a small value of every shard, such as moments, sums of a loss or counts, up the shard tree: the same bits
/// on every rank, for any number of ranks.
///
/// A rank combines its shards' values to its maximal nodes, the nodes' values are gathered, and every rank finishes the
/// tree for itself: one exchange, for values of up to some thousands of floats. All memory is taken in `init`.
public final class ShardReduction: @unchecked Sendable {
  public enum Operation: Sendable {
    /// Adds.
    case sum
    /// Combines `Moments`.
    case moments
    /// Adds, from that float on 64-bit whole numbers in the places of two floats each (`Buffer[word:]`).
    case sumAndWords(from: Int)
  }

  /// Floats of a value.
  public let count: Int
  /// The combination over all shards, after `reduce()`.
  public let result: Buffer

  private let communicator: any Communicator
  private let operation: Operation
  private let shards: Range<Int>
  private let values: [Buffer]
  private let localFolding: Folding
  /// One row for each maximal node of each rank.
  private let table: Buffer
  private let rows: [Buffer]
  private let ownRows: Range<Int>
  private let segments: Segments
  private let rootFolding: Folding

  public init(tree: ShardTree, count: Int, operation: Operation, communicator: any Communicator) {
    let (rank, size) = (communicator.rank, communicator.size)
    precondition(size <= tree.shards, "\(size) ranks for \(tree.shards) shards")
    (self.count, self.operation, self.communicator) = (count, operation, communicator)
    let shards = tree.shards(ofRank: rank, of: size)
    self.shards = shards
    // Rows start on cache lines of their own: several threads write them.
    let stride = (count + 15) / 16 * 16
    let storage = Buffer(count: shards.count * stride)
    values = shards.indices.map { index in
      let start = (index - shards.lowerBound) * stride
      return storage[start..<start + count]
    }
    localFolding = Folding(shards.map { tree.leaf($0) }, in: tree)

    let nodes = (0..<size).map { tree.maximalNodes(in: tree.shards(ofRank: $0, of: size)) }
    var ranges: [Range<Int>] = []
    for nodes in nodes {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + nodes.count)
    }
    ownRows = ranges[rank]
    segments = Segments(ranges.map { $0.lowerBound * count..<$0.upperBound * count })
    let table = Buffer(count: segments.end)
    self.table = table
    rows = (0..<ranges[size - 1].upperBound).map { table[$0 * count..<($0 + 1) * count] }
    rootFolding = Folding(nodes.flatMap { $0 }, in: tree)
    result = rows[0]
  }

  /// Where the value of one of this rank's shards is to be written before each `reduce()`. Different shards may be
  /// written by different threads.
  public func value(ofShard shard: Int) -> Buffer {
    precondition(shards.contains(shard), "shard \(shard) is not among this rank's \(shards)")
    return values[shard - shards.lowerBound]
  }

  /// Combines the values of all shards into `result`. Collective; allocates nothing.
  public func reduce() throws(CommunicationError) {
    combine(values, localFolding)
    for (row, node) in zip(ownRows, localFolding.results) { rows[row].copy(from: values[node.slot]) }
    try communicator.allGather(in: table, segments: segments)
    combine(rows, rootFolding)
  }

  private func combine(_ slots: [Buffer], _ folding: Folding) {
    switch operation {
    case .sum: folding.sum(slots, range: 0..<count, precision: .float32)
    case .moments: for step in folding.steps { Moments.combine(slots[step.left], slots[step.right]) }
    case .sumAndWords(let start):
      folding.sum(slots, range: 0..<start, precision: .float32)
      for step in folding.steps {
        let (sum, other) = (slots[step.left][start..<count], slots[step.right][start..<count])
        for word in 0..<(count - start) / 2 { sum[word: word] &+= other[word: word] }
      }
    }
  }
}
