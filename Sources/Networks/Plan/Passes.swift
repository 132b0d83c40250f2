import Kernels
public import Tensors

/// The view of a layer that derives packed weights from its parameters.
public struct PreparePass: Sendable {
  public let inputs: [Shape]
  /// In Keras's order.
  public let parameters: [Buffer]
  public let prepared: Buffer
  public let mode: Mode
  /// Which of the two will read `prepared` before it is derived anew.
  public let forward: Bool
  public let backward: Bool
}

/// The view of a layer in forward.
public struct ForwardPass: Sendable {
  /// The channels that inputs and outputs hold, where the layer is called with a block of them at a time
  /// (`Signature.isChannelwise`); nil for all. Everything else is there for all channels.
  public let block: Range<Int>?
  public let inputs: [Tensor]
  public let outputs: [Tensor]
  public let parameters: [Buffer]
  public let prepared: Buffer
  public let saved: Buffer
  public let scratch: Buffer
  /// Of this shard, or of all shards, as the network was told.
  public let moments: ChannelMoments
  public let mode: Mode
  /// Position of the layer in its graph: tells random streams of different layers apart.
  public let layerIndex: Int
  public let shard: ShardContext
  /// Into how many strips each image is cut, which lie in as many lanes.
  let strips: Int
  /// Of a `LossLayer`: the loss of each image, 0 in dead lanes; empty for other layers.
  public let losses: LaneNumbers

  public var input: Tensor { inputs[0] }
  public var output: Tensor { outputs[0] }
  /// Lanes that hold an image, or a strip of one.
  public var live: Int { shard.live * strips }
}

/// The view of a layer in backward.
public struct BackwardPass: Sendable {
  /// As in `ForwardPass`, for the gradients too.
  public let block: Range<Int>?
  /// Only where the signature reads them.
  public let inputs: [Tensor]
  public let outputs: [Tensor]
  public let outputGradients: [Tensor]
  /// Nil where nobody below is trained.
  public let inputGradients: [Tensor?]
  public let parameters: [Buffer]
  public let prepared: Buffer
  public let saved: Buffer
  public let scratch: Buffer
  public let moments: ChannelMoments
  /// Twice `pooledChannels`: sums over the shard, or over all shards.
  public let gradientSums: Buffer
  public let layerIndex: Int
  /// Whether the gradients of the parameters are not wanted; a layer with `readsWhenFrozen` must not write them.
  public let isFrozen: Bool
  public let shard: ShardContext
  /// As in `ForwardPass`.
  let strips: Int
  /// Where the gradients of the trainable parameters of this layer go.
  let parameterGradients: [ParameterGradient]

  enum ParameterGradient: Sendable {
    /// In the gradient buffer of the shard.
    case place(Range<Int>)
    case buffer(Buffer)
    /// As factors, in the factor buffer of the shard.
    case factors(KernelFactors, Range<Int>)
  }

  public var input: Tensor { inputs[0] }
  public var output: Tensor { outputs[0] }
  public var outputGradient: Tensor { outputGradients[0] }
  public var inputGradient: Tensor? { inputGradients[0] }
  public var live: Int { shard.live * strips }

  /// The gradient of the i-th trainable parameter, in Keras's order; to be overwritten.
  public func parameterGradient(_ index: Int) -> Buffer {
    switch parameterGradients[index] {
    case .place(let range): shard.gradients[range]
    case .buffer(let buffer): buffer
    case .factors: preconditionFailure("this gradient is kept as factors")
    }
  }

  /// How the gradient of the i-th trainable parameter is to be recorded, and where; nil where it is to be written
  /// itself.
  func parameterFactors(_ index: Int) -> (KernelFactors, Buffer)? {
    guard case .factors(let factors, let range) = parameterGradients[index] else { return nil }
    return (factors, shard.factors[range])
  }
}

/// The view of a layer when a step's pooled moments arrive.
public struct StatePass: Sendable {
  /// Parameters that are states, in Keras's order.
  public let states: [Buffer]
  public let moments: ChannelMoments
  /// Two floats for each channel.
  public let scratch: Buffer
}
