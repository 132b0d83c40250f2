/// The fixed binary tree over the shards of a batch along which every sum runs, whatever the number of ranks and
/// threads.
///
/// With V shards, node (level j, index k) covers the shards [k 2^j, min((k+1) 2^j, V)). Its sum is that of (j-1, 2k)
/// plus that of (j-1, 2k+1), or the first alone where the second covers nothing. So floating-point sums have one order,
/// and a node's sum has the same bits wherever it is computed. Nodes that cover the same shards are one: the highest
/// stands for all.
public struct ShardTree: Hashable, Sendable {
  public struct Node: Hashable, Sendable {
    public let level: Int
    public let index: Int

    public init(level: Int, index: Int) { (self.level, self.index) = (level, index) }
  }

  /// Number of shards, V.
  public let shards: Int
  /// The node that covers all shards.
  public let root: Node

  public init(shards: Int) {
    precondition(shards > 0, "a batch has at least one shard")
    self.shards = shards
    root = Node(level: Int.bitWidth - (shards - 1).leadingZeroBitCount, index: 0)
  }

  /// The shards that a node covers.
  public func span(of node: Node) -> Range<Int> {
    min(node.index << node.level, shards)..<min((node.index + 1) << node.level, shards)
  }

  /// The highest node that covers only this shard.
  public func leaf(_ shard: Int) -> Node {
    precondition(0..<shards ~= shard, "shard \(shard) of \(shards)")
    return highest(Node(level: 0, index: shard))
  }

  /// The node whose halves these two are, if there is one.
  public func parent(_ left: Node, _ right: Node) -> Node? {
    guard left.level == right.level, left.index % 2 == 0, right.index == left.index + 1 else { return nil }
    return highest(Node(level: left.level + 1, index: left.index / 2))
  }

  /// The fewest nodes that together cover the range, from left to right.
  public func maximalNodes(in range: Range<Int>) -> [Node] {
    var nodes: [Node] = []
    func visit(_ node: Node) {
      let span = span(of: node)
      if span.isEmpty || !span.overlaps(range) { return }
      if range.lowerBound <= span.lowerBound && span.upperBound <= range.upperBound { return nodes.append(node) }
      visit(Node(level: node.level - 1, index: node.index * 2))
      visit(Node(level: node.level - 1, index: node.index * 2 + 1))
    }
    visit(root)
    return nodes
  }

  /// The shards of a rank, [rank V / ranks, (rank+1) V / ranks).
  public func shards(ofRank rank: Int, of ranks: Int) -> Range<Int> { ShardTree.share(rank, of: ranks, in: 0..<shards) }

  /// Part `part` of `parts` contiguous, nearly equal parts of a range: the rule for ranks, and for workers in a rank.
  public static func share(_ part: Int, of parts: Int, in range: Range<Int>) -> Range<Int> {
    precondition(0..<parts ~= part, "part \(part) of \(parts)")
    let bound = { range.lowerBound + $0 * range.count / parts }
    return bound(part)..<bound(part + 1)
  }

  /// Climbs while the other half covers nothing.
  private func highest(_ node: Node) -> Node {
    var node = node
    while node.level < root.level, node.index % 2 == 0, (node.index + 1) << node.level >= shards {
      node = Node(level: node.level + 1, index: node.index / 2)
    }
    return node
  }
}
