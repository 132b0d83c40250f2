import Communication
import Tensors
import Testing

struct ShardGatheringTests {
  /// What every shard has is on all ranks after every step, whenever the reducer hears that it is complete.
  @Test(arguments: [1, 2, 3, 5], [0, 40, 64]) func everyRankGetsTheBuffersOfAllShards(ranks: Int, ready: Int) throws {
    let tree = ShardTree(shards: 5)
    let results = try onRanks(ranks) { communicator in
      let shards = tree.shards(ofRank: communicator.rank, of: ranks)
      let sums = tree.maximalNodes(in: shards).map { NodeSum($0, Buffer(count: 64)) }
      let gathering = try ShardGathering(tree: tree, count: 7, communicator: communicator)
      let reducer = GatheringReducer(
        BlockingReducer(tree: tree, sums: sums, channels: try ReductionChannels(communicator)), gathering: gathering,
        completeAfter: 40)
      var seen: [[Float]] = []
      for step in 0..<3 {
        for sum in sums { sum.buffer.fill(Float(tree.span(of: sum.node).count)) }
        for shard in shards { gathering.value(ofShard: shard).fill(Float(10 * step + shard)) }
        try reducer.gradientsReady(upTo: ready)
        try reducer.finish()
        let gathered: [Float] = (0..<5).flatMap { gathering.value(ofShard: $0).values }
        seen.append(gathered + [sums[0].buffer[63]])
        try communicator.barrier()
      }
      #expect(reducer.statistics.steps == 3)
      return seen
    }
    for seen in results {
      for step in 0..<3 {
        let expected: [Float] = (0..<5).flatMap { shard in Array(repeating: Float(10 * step + shard), count: 7) }
        #expect(seen[step] == expected + [5])
      }
    }
  }
}
