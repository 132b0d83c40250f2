/// A rank's shards of one batch. Its tensors are overwritten after the following call of `Loader.next`.
public struct LoadedBatch: Sendable {
  /// The samples of the batch over all ranks, its epoch and its cursors.
  public let sampled: SampledBatch
  /// The shards of this rank.
  public let shards: [LoadedShard]
}
