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
    for kind in Kind.allCases {
      let results = try onRanks(ranks) { communicator in
        try GradientReducerTests.steps(values, setting, kind, .float32, communicator)
      }
      for steps in results { #expect(steps == expected, "\(kind)") }
    }
  }

  /// Ranks on machines: whatever the way, the same bits, and fewer bytes between machines.
  @Test(arguments: settings, [[2, 2], [3, 3], [2, 2, 2], [4, 4], [1, 1, 1], [2, 1], [1, 2, 1]])
  func machinesExchangeAmongThemselvesFirst(setting: Setting, machines: [Int]) throws {
    let hosts = machines.enumerated().flatMap { Array(repeating: "node\($0)", count: $1) }
    guard hosts.count <= setting.shards else { return }
    let values = [(0..<setting.shards).map { wildValues(count: setting.count, shard: $0) }]
    let expected = treeSum(values[0]).bits
    for kind in Kind.allCases {
      let results = try onRanks(hosts: hosts) { communicator in
        try GradientReducerTests.steps(values, setting, kind, .float32, communicator)
      }
      for steps in results { #expect(steps == [expected], "\(kind)") }
    }
  }

  /// In bfloat16 every leaf and every sum is rounded, so the bits depend on the shards alone.
  @Test(arguments: settings, [["a"], ["a", "a"], ["a", "a", "b", "b"], ["a", "b", "c"]])
  func halvesAreRoundedAtEveryNode(setting: Setting, hosts: [String]) throws {
    let values = [(0..<setting.shards).map { wildValues(count: setting.count, shard: $0) }]
    let expected = roundedTreeSum(values[0]).bits
    for kind in Kind.allCases {
      let results = try onRanks(hosts: hosts) { communicator in
        try GradientReducerTests.steps(values, setting, kind, .bfloat16, communicator)
      }
      for steps in results { #expect(steps == [expected], "\(kind)") }
    }
  }

  @Test func halvesKeepWhatIsNotFinite() throws {
    let values: [Float] = [
      .nan, .infinity, -.infinity, Float(bitPattern: 0x7FFF_FFFF), .greatestFiniteMagnitude, 0, -0.0,
    ]
    let results = try onRanks(2) { communicator in
      let tree = ShardTree(shards: 2)
      let sums = [NodeSum(tree.leaf(communicator.rank), Buffer(values))]
      let channels = try ReductionChannels(communicator, precision: .bfloat16)
      try BlockingReducer(tree: tree, sums: sums, channels: channels).finish()
      return sums[0].buffer.values
    }
    for sums in results {
      #expect(sums[0].isNaN && sums[1] == .infinity && sums[2] == -.infinity && sums[3].isNaN && sums[4] == .infinity)
      #expect(sums[5] == 0 && sums[6] == 0 && sums[6].sign == .minus)
    }
  }

  @Test func halvesSendHalfTheBytes() throws {
    for (precision, bytes) in [(GradientPrecision.float32, 2 * 32 * 4), (.bfloat16, 32 * 4)] {
      let sent = try onRanks(2) { communicator in
        let tree = ShardTree(shards: 2)
        let sums = [NodeSum(tree.leaf(communicator.rank), Buffer(count: 64))]
        let channels = try ReductionChannels(communicator, precision: precision)
        let reducer = BlockingReducer(tree: tree, sums: sums, channels: channels)
        try reducer.finish()
        return reducer.statistics.bytesSent
      }
      #expect(sent == [bytes, bytes])
    }
  }

  enum Kind: CaseIterable, Sendable { case blocking, overlapped, threaded }

  @Test func countsBytesAndSteps() throws {
    let statistics = try onRanks(2) { communicator in
      let tree = ShardTree(shards: 2)
      let sums = [NodeSum(tree.leaf(communicator.rank), Buffer(count: 64))]
      let reducer = BlockingReducer(tree: tree, sums: sums, channels: try ReductionChannels(communicator))
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
      let reducer = OverlappedReducer(
        tree: tree, sums: sums, bucketCount: 16, channels: try ReductionChannels(communicator))
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
    _ values: [[[Float]]], _ setting: Setting, _ kind: Kind, _ precision: GradientPrecision,
    _ communicator: any Communicator
  ) throws -> [[UInt32]] {
    let tree = ShardTree(shards: setting.shards)
    let range = tree.shards(ofRank: communicator.rank, of: communicator.size)
    let workers = (0..<setting.threads).map { worker in
      ShardAccumulator(
        tree: tree, shards: ShardTree.share(worker, of: setting.threads, in: range), count: setting.count,
        precision: precision)
    }
    let sums = workers.flatMap(\.sums)
    let channels = try ReductionChannels(communicator, precision: precision)
    let reducer: any GradientReducer =
      switch kind {
      case .blocking: BlockingReducer(tree: tree, sums: sums, channels: channels)
      case .overlapped: OverlappedReducer(tree: tree, sums: sums, bucketCount: setting.bucket, channels: channels)
      case .threaded: ThreadedReducer(tree: tree, sums: sums, bucketCount: setting.bucket, channels: channels)
      }
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
