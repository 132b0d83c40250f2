import Communication
import Tensors
import Testing

struct ShardReductionTests {
  static let shards = 11
  static let channels = 5

  /// Channel c: about c*1000 with deviation 1, which loses digits in single precision if done naively. One shard is
  /// partial, one is empty.
  static func samples(shard: Int, channel: Int) -> [Float] {
    var stream = RandomStream(seed: 3, purpose: .synthesis, item: channel, minor: shard)
    let count = shard == 10 ? 7 : shard == 4 ? 0 : 640
    return (0..<count).map { _ in Float(channel * 1000) + stream.normal() }
  }

  static func moments(of values: [Float]) -> (count: Double, mean: Double, squares: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    return (Double(values.count), mean, values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) })
  }

  @Test func momentsAreThoseOfAllSamplesForAnyNumberOfRanks() throws {
    let tree = ShardTree(shards: Self.shards)
    var first: [Float]?
    for ranks in 1...8 {
      let results = try onRanks(ranks) { communicator in
        let reduction = ShardReduction(
          tree: tree, count: Moments.count(channels: Self.channels), operation: .moments, communicator: communicator)
        for _ in 0..<2 {
          for shard in tree.shards(ofRank: communicator.rank, of: ranks) {
            let value = reduction.value(ofShard: shard)
            for channel in 0..<Self.channels {
              let (count, mean, squares) = Self.moments(of: Self.samples(shard: shard, channel: channel))
              value[channel] = Float(count)
              // The mean of an empty shard is 0 / 0.
              value[Self.channels + channel] = Float(mean)
              value[2 * Self.channels + channel] = Float(squares)
            }
          }
          try reduction.reduce()
        }
        return reduction.result.values
      }
      first = first ?? results[0]
      for result in results { #expect(result.bits == first?.bits) }
    }
    let result = try #require(first)
    for channel in 0..<Self.channels {
      let all = (0..<Self.shards).flatMap { Self.samples(shard: $0, channel: channel) }
      let (count, mean, squares) = Self.moments(of: all)
      #expect(Double(result[channel]) == count)
      #expect(abs(Double(result[Self.channels + channel]) - mean) <= 1e-6 * max(1, mean))
      #expect(abs(Double(result[2 * Self.channels + channel]) / squares - 1) <= 2e-5)
    }
  }

  @Test func sumsFollowTheTree() throws {
    let expected = treeSum((0..<13).map { wildValues(count: 21, shard: $0) }).bits
    for ranks in 1...8 {
      let results = try onRanks(ranks) { communicator in
        let tree = ShardTree(shards: 13)
        let reduction = ShardReduction(tree: tree, count: 21, operation: .sum, communicator: communicator)
        for shard in tree.shards(ofRank: communicator.rank, of: ranks) {
          reduction.value(ofShard: shard).replace(with: wildValues(count: 21, shard: shard))
        }
        try reduction.reduce()
        return reduction.result.values.bits
      }
      #expect(results.allSatisfy { $0 == expected })
    }
  }

  @Test func shardsWithoutSamplesLeaveNothing() throws {
    let reduction = ShardReduction(
      tree: ShardTree(shards: 2), count: Moments.count(channels: 1), operation: .moments,
      communicator: SingleCommunicator())
    reduction.value(ofShard: 0).replace(with: [0, .nan, .nan])
    reduction.value(ofShard: 1).replace(with: [4, 2.5, 1.5])
    try reduction.reduce()
    #expect(reduction.result.values == [4, 2.5, 1.5])
  }
}
