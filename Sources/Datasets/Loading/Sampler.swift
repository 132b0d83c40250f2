import Tensors

/// Which samples make which batch: a pure function of the cursor, the number of samples consumed since training began.
///
/// Every epoch visits every sample once, shuffled by (seed, epoch) or in order; its last batch may be partial, and no
/// batch holds samples of two epochs. With `draws`, an epoch has as many visits, but some samples come more often than
/// others. A batch is cut into equal shards in order, whatever the number of ranks.
public struct Sampler: Hashable, Sendable {
  /// Samples of the data set.
  public let count: Int
  /// Samples of a full batch, over all ranks.
  public let batch: Int
  /// Parts of a batch.
  public let shards: Int
  /// Nil visits the samples in order, as evaluation does.
  public let seed: UInt64?
  /// Nil visits every sample once.
  public let draws: SampleDraws?

  /// - Precondition: `batch` is a multiple of `shards`, and draws are shuffled.
  public init(count: Int, batch: Int, shards: Int, shuffledBy seed: UInt64?, draws: SampleDraws? = nil) {
    precondition(draws == nil || draws!.count == count && draws!.isCountable && seed != nil)
    precondition(count > 0 && count <= UInt32.max && shards > 0 && batch >= shards && batch % shards == 0)
    (self.count, self.batch, self.shards, self.seed, self.draws) = (count, batch, shards, seed, draws)
  }

  /// Samples of a full shard.
  public var shardSize: Int { batch / shards }

  /// Batches of an epoch, the partial one included.
  public var batchesPerEpoch: Int { (count + batch - 1) / batch }

  /// The order of an epoch: a Fisher-Yates shuffle of all samples. Number d is of sample d % count: numbers of `count`
  /// or more are further visits of a sample in the same epoch.
  public func order(ofEpoch epoch: Int) -> [UInt32] {
    var order = [UInt32](0..<UInt32(count))
    guard let seed else { return order }
    var random = RandomStream(seed: seed, purpose: .shuffling, major: epoch)
    for last in stride(from: count - 1, to: 0, by: -1) { order.swapAt(last, random.integer(below: last + 1)) }
    if let draws { return draws.order(of: order, random: &random) }
    return order
  }

  /// The batch that begins after `cursor` samples.
  public func batch(at cursor: Int) -> SampledBatch { batch(at: cursor, order: order(ofEpoch: cursor / count)) }

  /// The same, given the order of its epoch.
  func batch(at cursor: Int, order: [UInt32]) -> SampledBatch {
    let position = cursor % count
    let end = min(position + batch, count)
    return SampledBatch(
      epoch: cursor / count, position: position, cursor: cursor, draws: order[position..<end], population: count,
      shardSize: shardSize)
  }

  /// The cursor after the batch at `cursor`.
  public func next(after cursor: Int) -> Int { cursor + min(batch, count - cursor % count) }
}
