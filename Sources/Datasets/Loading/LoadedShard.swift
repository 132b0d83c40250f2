public import Tensors

/// One shard of a batch, ready for the network.
public struct LoadedShard: Sendable {
  /// Which shard of the batch this is, over all ranks.
  public let index: Int
  /// What the network takes, one sample in each lane; lanes behind the last sample are zero, and so is the border.
  public let inputs: [Tensor]
  /// What the network is to give, one sample in each lane, 0 behind the last one: the class of an image as a number of
  /// shape (1), or, of multi-label data, 0 or 1 for each label.
  public let targets: [Tensor]
  /// How much the sample of each lane counts, 1 where the data says nothing of it; 0 behind the last sample.
  public internal(set) var weights: [Float]
  /// The position in the source of each lane; 0 behind the last sample.
  public internal(set) var samples: [UInt32]
  /// The draw of each lane, which keys its random numbers: that of `samples`, unless a sample comes again in an epoch.
  public internal(set) var draws: [UInt32]
  /// Lanes that hold a sample: the first ones.
  public internal(set) var liveCount: Int
}
