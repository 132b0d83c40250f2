import Communication
import Tensors
import Testing

struct ShardAccumulatorTests {
  @Test(arguments: [0..<1, 0..<8, 3..<11, 5..<6, 1..<13, 7..<13, 0..<13])
  func sumsMaximalNodes(range: Range<Int>) {
    let tree = ShardTree(shards: 13)
    let count = 40
    let accumulator = ShardAccumulator(tree: tree, shards: range, count: count)
    #expect(accumulator.sums.map(\.node) == tree.maximalNodes(in: range))
    // Two steps: the first one's sums must not leak into the second.
    for step in 0..<2 {
      let values = (0..<13).map { wildValues(count: count, shard: $0 + 100 * step) }
      accumulator.begin()
      for shard in range {
        let buffer = accumulator.bufferForNextShard
        buffer.fill(.nan)
        for prefix in [7, 7, 30] {
          buffer[0..<prefix].replace(with: merging(buffer[0..<prefix].values, values[shard]))
          accumulator.gradientsReady(upTo: prefix)
          // A prefix is summed once and may be overwritten by the sum only.
          if shard == range.upperBound - 1 {
            for sum in accumulator.sums {
              #expect(
                sum.buffer[0..<prefix].values.bits == expected(sum.node, tree, values).prefix(prefix).map(\.bitPattern))
            }
          }
        }
        buffer[30..<count].replace(with: Array(values[shard][30...]))
        accumulator.finishShard()
      }
      for sum in accumulator.sums { #expect(sum.buffer.values.bits == expected(sum.node, tree, values).bits) }
    }
  }

  @Test func needsOneBufferPerLevel() {
    let tree = ShardTree(shards: 64)
    #expect(ShardAccumulator(tree: tree, shards: 0..<1, count: 1).bufferCount == 1)
    #expect(ShardAccumulator(tree: tree, shards: 0..<2, count: 1).bufferCount == 2)
    #expect(ShardAccumulator(tree: tree, shards: 0..<64, count: 1).bufferCount == 7)
    #expect(ShardAccumulator(tree: tree, shards: 9..<9, count: 1).sums.isEmpty)
  }

  /// Fills what is not yet written (NaN) and leaves what has been summed.
  private func merging(_ present: [Float], _ values: [Float]) -> [Float] {
    zip(present, values).map { $0.isNaN ? $1 : $0 }
  }

  private func expected(_ node: ShardTree.Node, _ tree: ShardTree, _ values: [[Float]]) -> [Float] {
    treeSum(Array(values[tree.span(of: node)]))
  }
}
