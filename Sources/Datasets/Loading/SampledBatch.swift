/// The samples of one batch over all ranks.
public struct SampledBatch: Sendable {
  /// Counted from 0.
  public let epoch: Int
  /// Samples of the epoch before this batch.
  public let position: Int
  /// Samples of the whole training before this batch.
  public let cursor: Int
  /// Positions in the source, in the order of training; fewer than a full batch at the end of an epoch.
  public let samples: ArraySlice<UInt32>
  let shardSize: Int

  /// The cursor after this batch.
  public var nextCursor: Int { cursor + samples.count }

  /// The samples of one shard: as many as `shardSize`, fewer in the last one of a partial batch, none in those behind
  /// it.
  public func samples(ofShard shard: Int) -> ArraySlice<UInt32> {
    samples.dropFirst(shard * shardSize).prefix(shardSize)
  }
}
