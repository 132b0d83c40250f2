import Communication
import Tensors
import Testing

struct GradientReducerTests {
  /// Shards, threads of a rank, gradients, floats of a bucket.
  struct Setting: CustomTestStringConvertible, Sendable {
    let shards: Int, threads: Int, count: Int, bucket: Int
    var testDescription: String { "\(shards) shards, \(threads) threads, \(count) in buckets of \(bucket)" }
  }

  static let settings = [
    Setting(shards: 8, threads: 1, count: 1000, bucket: 300), Setting(shards: 8, threads: 3, count: 517, bucket: 64),
    Setting(shards: 13, threads: 2, count: 9001, bucket: 4500), Setting(shards: 22, threads: 4, count: 33, bucket: 16),
    Setting(shards: 9, threads: 2, count: 5, bucket: 100),
  ]

  @Test(arguments: settings, 1...8)
  func everyRankGetsTheSameBits(setting: Setting, ranks: Int) throws {
    let values = (0..<2).map { step in
      (0..<setting.shards).map { wildValues(count: setting.count, shard: $0 + 50 * step) }
    }
    let expected = values.map { treeSum($0).bits }
    for overlapped in [false, true] {
      let results = try onRanks(ranks) { communicator in
        try GradientReducerTests.steps(values, setting, overlapped: overlapped, communicator)
      }
      for steps in results { #expect(steps == expected, "overlapped: \(overlapped)") }
    }
  }

  @Test func countsBytesAndSteps() throws {
    let statistics = try onRanks(2) { communicator in
      let tree = ShardTree(shards: 2)
      let sums = [NodeSum(tree.leaf(communicator.rank), Buffer(count: 64))]
      let reducer = try BlockingReducer(tree: tree, sums: sums, communicator: communicator)
      try reducer.finish()
      try reducer.finish()
      return reducer.statistics
    }
    for statistics in statistics {
      #expect(statistics.steps == 2)
      // Half of the gradients in each of the two exchanges.
      #expect(statistics.bytesSent == 2 * (32 + 32) * 4)
      #expect(statistics.exposedSeconds > 0)
    }
  }

  @Test func anErrorElsewhereMayEndAReductionEarly() throws {
    _ = try onRanks(2) { communicator in
      let tree = ShardTree(shards: 2)
      let sums = [NodeSum(tree.leaf(communicator.rank), Buffer(count: 64))]
      let reducer = try OverlappedReducer(tree: tree, sums: sums, bucketCount: 16, communicator: communicator)
      if communicator.rank == 0 { try reducer.gradientsReady(upTo: 40) }
    }
  }

  @Test func otherOrdersGiveOtherBits() {
    let values = (0..<8).map { wildValues(count: 100, shard: $0) }
    let sequential = values.dropFirst().reduce(values[0]) { zip($0, $1).map { $0 + $1 } }
    #expect(treeSum(values).bits != sequential.bits)
  }

  /// The bits after each of several steps of one rank, given the gradients of every shard in every step.
  private static func steps(
    _ values: [[[Float]]], _ setting: Setting, overlapped: Bool, _ communicator: any Communicator
  ) throws -> [[UInt32]] {
    let tree = ShardTree(shards: setting.shards)
    let range = tree.shards(ofRank: communicator.rank, of: communicator.size)
    let workers = (0..<setting.threads).map { worker in
      ShardAccumulator(
        tree: tree, shards: ShardTree.share(worker, of: setting.threads, in: range), count: setting.count)
    }
    let sums = workers.flatMap(\.sums)
    let reducer: any GradientReducer =
      overlapped
      ? try OverlappedReducer(tree: tree, sums: sums, bucketCount: setting.bucket, communicator: communicator)
      : try BlockingReducer(tree: tree, sums: sums, communicator: communicator)
    return try values.map { values in
      for worker in workers {
        worker.begin()
        for shard in worker.shards {
          worker.bufferForNextShard.replace(with: values[shard])
          worker.finishShard()
        }
      }
      for part in 1...5 { try reducer.gradientsReady(upTo: setting.count * part / 6) }
      try reducer.finish()
      return sums[0].buffer.values.bits
    }
  }
}
