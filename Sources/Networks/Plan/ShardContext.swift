public import Tensors

/// The properties of one shard of one step; set before forward, read by the layers.
public final class ShardContext: @unchecked Sendable {
  /// Lanes that hold an image, 0...lanes.
  public var live = 0
  /// Step of training, from 0.
  public var step = 0
  public var seed: UInt64 = 0
  /// Which sample is in which lane; dead lanes hold 0.
  public var sampleIDs: [UInt32]
  /// What one image counts in the loss of the batch: one over its images. Set before backward.
  public var imageWeight: Float = 1
  /// What layers add to the loss of this shard's images, summed in their order; 0 when forward begins.
  public internal(set) var penalty = 0.0
  /// Where gradients of the trainable parameters are written.
  public var gradients = Buffer.empty
  /// Where the factors of gradients that are kept as such are written (`FactorTable`).
  public var factors = Buffer.empty

  public init(lanes: Int) { sampleIDs = Array(repeating: 0, count: lanes) }
}
