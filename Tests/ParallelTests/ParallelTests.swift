import Communication
import Tensors
import Testing

/// Run by `mpirun` with several ranks, and as one rank without it.
///
/// The ranks run the same tests in the same order, so no test may stop early on one of them.
@Suite(.serialized)
struct ParallelTests {
  let world: any Communicator

  init() throws { world = try World.join() }

  @Test func ranksExchange() throws {
    for communicator in [world, try world.duplicate()] {
      let (rank, size) = (communicator.rank, communicator.size)
      let ranks = 0..<size
      #expect(communicator.hostNames.count == size && !communicator.hostNames[rank].isEmpty)
      #expect(communicator.localSize <= size && communicator.localRank < communicator.localSize)
      try communicator.barrier()

      let root = size - 1
      #expect(try communicator.broadcast(rank == root ? [1, 2] : [], from: root) == [1, 2])
      let buffer = Buffer([Float(rank), 5])
      try communicator.broadcast(buffer, from: root)
      #expect(buffer.values == [Float(root), 5])

      let bytes = try communicator.allGather(Array(repeating: UInt8(rank), count: rank))
      #expect(bytes == ranks.map { Array(repeating: UInt8($0), count: $0) })

      // Segment r has r + 1 floats.
      let segments = Segments(ranks.map { $0 * ($0 + 1) / 2..<($0 + 1) * ($0 + 2) / 2 })
      for blocking in [true, false] {
        let buffer = Buffer(count: segments.end)
        buffer[segments.ranges[rank]].fill(Float(rank))
        if blocking {
          try communicator.allGather(in: buffer, segments: segments)
        } else {
          try communicator.startAllGather(in: buffer, segments: segments).wait()
        }
        #expect(buffer.values == ranks.flatMap { Array(repeating: Float($0), count: $0 + 1) })
      }

      // Rank s sends r + 1 floats to rank r.
      let outgoing = Buffer(ranks.flatMap { Array(repeating: Float(10 * rank + $0), count: $0 + 1) })
      let incoming = Buffer(count: size * (rank + 1))
      let receiving = Segments(ranks.map { $0 * (rank + 1)..<($0 + 1) * (rank + 1) })
      var request = try communicator.startAllToAll(
        from: outgoing, sending: segments, into: incoming, receiving: receiving)
      while try !request.test() {}
      #expect(incoming.values == ranks.flatMap { Array(repeating: Float(10 * $0 + rank), count: rank + 1) })

      let sum = Buffer([Float(rank + 1)])
      try communicator.allReduceSum(sum)
      #expect(sum.values == [Float(size * (size + 1) / 2)])
      try communicator.startAllReduceSum(sum).wait()
      #expect(sum.values == [Float(size * size * (size + 1) / 2)])
    }
  }

  @Test(arguments: [4, 7, 8, 12], [1, 3])
  func reducersYieldTheBitsOfOneRank(shards: Int, threads: Int) throws {
    let tree = ShardTree(shards: shards)
    // Large enough for MPI's long-message protocol, and not a multiple of anything.
    let (count, bucket) = (30_001, 8_000)
    let range = tree.shards(ofRank: world.rank, of: world.size)
    let workers = (0..<threads).map {
      ShardAccumulator(tree: tree, shards: ShardTree.share($0, of: threads, in: range), count: count)
    }
    let sums = workers.flatMap(\.sums)
    let alone = ShardAccumulator(tree: tree, shards: 0..<shards, count: count)
    // As if every two ranks had a machine of their own: two levels where there are four ranks.
    let hosts = (0..<world.size).map { "node\($0 / 2)" }
    let machines = ReductionTopology(.machines, rank: world.rank, hostNames: hosts)
    let channels = [try ReductionChannels(world), try ReductionChannels(world, machines, .float32)]
    let reducers: [any GradientReducer] = channels.flatMap { channels -> [any GradientReducer] in
      [
        BlockingReducer(tree: tree, sums: sums, channels: channels),
        OverlappedReducer(tree: tree, sums: sums, bucketCount: bucket, channels: channels),
        ThreadedReducer(tree: tree, sums: sums, bucketCount: bucket, channels: channels),
      ]
    }
    for step in 0..<2 {
      for reducer in reducers {
        for worker in workers + [alone] {
          worker.begin()
          for shard in worker.shards {
            fill(worker.bufferForNextShard, step: step, shard: shard)
            worker.finishShard()
          }
        }
        for part in 1...9 { try reducer.gradientsReady(upTo: count * part / 10) }
        try reducer.finish()
        #expect(alone.sums.count == 1)
        #expect(sums[0].buffer.values.map(\.bitPattern) == alone.sums[0].buffer.values.map(\.bitPattern))
      }
    }
  }

  @Test func momentsHaveTheBitsOfOneRank() throws {
    let tree = ShardTree(shards: 7)
    let (joint, alone) = (reduction(tree, world), reduction(tree, SingleCommunicator()))
    for (reduction, shards) in [(joint, tree.shards(ofRank: world.rank, of: world.size)), (alone, 0..<7)] {
      for shard in shards {
        let value = reduction.value(ofShard: shard)
        fill(value, step: 9, shard: shard)
        for channel in 0..<20 {
          value[channel] = Float(shard * 16)
          value[40 + channel] = abs(value[40 + channel])
        }
      }
      try reduction.reduce()
    }
    #expect(joint.result.values.map(\.bitPattern) == alone.result.values.map(\.bitPattern))
  }

  @Test(.enabled(if: LaunchEnvironment.current.hasLauncher, "MPI runs under a launcher only"))
  func anErrorOfMPIHasItsText() throws {
    let error = #expect(throws: CommunicationError.self) { try world.broadcast([1], from: world.size) }
    #expect(error == .failed(operation: "MPI_Ibcast", text: "MPI_ERR_ROOT: invalid root"))
    #expect("\(error, default: "")".contains("MPI_Ibcast failed: MPI_ERR_ROOT: invalid root; "))
  }

  private func reduction(_ tree: ShardTree, _ communicator: any Communicator) -> ShardReduction {
    ShardReduction(tree: tree, count: Moments.count(channels: 20), operation: .moments, communicator: communicator)
  }

  /// Numbers whose magnitudes differ so much that every order of summation gives other bits: 24 mixed bits (Knuth's
  /// multiplicative hash) as sign, significand and one of 16 exponents.
  private func fill(_ buffer: Buffer, step: Int, shard: Int) {
    var word = UInt32(truncatingIfNeeded: 1 + step * 1000 + shard)
    buffer.replace(
      with: (0..<buffer.count).map { _ in
        word = (word &* 2_654_435_761) &+ 12_345
        let exponent = 119 + (word >> 28)
        return Float(bitPattern: (word & 1 << 27) << 4 | exponent << 23 | (word >> 4) & 0x7F_FFFF)
      })
  }
}
