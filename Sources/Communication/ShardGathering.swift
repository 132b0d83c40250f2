public import Tensors

/// Gathers a buffer of every shard on all ranks, while these compute on.
///
/// Per step: each rank fills `value(ofShard:)` of its shards, then `start()` and `finish()`; afterwards the buffers of
/// all shards are there. All memory is taken in `init`.
public final class ShardGathering: @unchecked Sendable {
  /// Floats of a buffer.
  public let count: Int
  private let communicator: any Communicator
  /// Of this rank, and of all.
  public let ownShards: Range<Int>
  public let shardCount: Int
  private let memory: Buffer
  private let segments: Segments
  private var request: Request?

  /// Collective.
  public init(tree: ShardTree, count: Int, communicator: any Communicator) throws(CommunicationError) {
    self.count = count
    // Of its own, so that what is under way here is not taken for anything else.
    self.communicator = try communicator.duplicate()
    ownShards = tree.shards(ofRank: communicator.rank, of: communicator.size)
    shardCount = tree.shards
    memory = Buffer(count: tree.shards * count)
    segments = Segments(
      (0..<communicator.size).map { rank in
        let shards = tree.shards(ofRank: rank, of: communicator.size)
        return shards.lowerBound * count..<shards.upperBound * count
      })
  }

  deinit {
    if let request = request.take() { request.abandon() }
  }

  /// Bytes that this rank sends to each other one.
  var bytesSent: Int { communicator.size == 1 ? 0 : ownShards.count * count * MemoryLayout<Float>.stride }

  /// Of a shard of this rank, to be written before `start()`; of any shard, to be read after `finish()`. Different
  /// shards may be written by different threads.
  public func value(ofShard shard: Int) -> Buffer { memory[shard * count..<(shard + 1) * count] }

  /// The buffers of this rank's shards are written.
  func start() throws(CommunicationError) {
    precondition(request == nil, "the gathering is under way")
    request = try communicator.startAllGather(in: memory, segments: segments)
  }

  /// Returns when all buffers are there.
  func finish() throws(CommunicationError) {
    if let request = request.take() { try request.wait() }
  }
}
