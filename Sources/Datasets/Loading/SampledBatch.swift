/// The samples of one batch over all ranks.
public struct SampledBatch: Sendable {
  /// Counted from 0.
  public let epoch: Int
  /// Samples of the epoch before this batch.
  public let position: Int
  /// Samples of the whole training before this batch.
  public let cursor: Int
  /// The visits of samples, in the order of training; fewer than a full batch at the end of an epoch. Draw d is of the
  /// sample at d % population in the source, for the time d / population in this epoch.
  public let draws: ArraySlice<UInt32>
  let population: Int
  let shardSize: Int

  /// The cursor after this batch.
  public var nextCursor: Int { cursor + draws.count }

  /// The draws of one shard: as many as `shardSize`, fewer in the last one of a partial batch, none in those behind
  /// it.
  public func draws(ofShard shard: Int) -> ArraySlice<UInt32> {
    draws.dropFirst(shard * shardSize).prefix(shardSize)
  }
}
