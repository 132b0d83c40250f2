import Kernels
public import Tensors

/// In training sets each channel of an image to zero with probability `rate` and divides the others by 1 - rate; nothing
/// at inference (Tompson et al., 2015). (W, C), (H, W, C) or (D, H, W, C) to the same shape. Keras's `SpatialDropout1D`,
/// `SpatialDropout2D` and `SpatialDropout3D`.
///
/// Which channels is a function of seed, step, layer and sample alone, as in `Dropout`.
public struct SpatialDropout<Dimensions: SpatialDimensions>: Layer {
  public static var kerasName: String { "SpatialDropout\(Dimensions.suffix)" }
  public let rate: Double
  /// One cell of the input that the layer is bound to.
  private var shape: Shape = []

  public init(_ rate: Double) {
    precondition((0..<1).contains(rate), "a share of channels: at least 0 and below 1")
    self.rate = rate
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    rate = try configuration.number("rate")
    guard (0..<1).contains(rate) else {
      throw ImportError("layer '\(configuration.layerName)' (\(Self.kerasName)): rate is \(rate), but must be at least 0 and below 1.")
    }
    try configuration.expect("data_format", among: ["channels_last"])
    try configuration.expect("noise_shape", among: [])
    // Keras's seed would not give Keras's numbers; the seed of the run decides.
    _ = configuration.value("seed")
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["rate": .number(rate)].namingFormat(axes: Dimensions.count)
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try Dimensions.input(inputs)
    var signature = Signature(outputs: [input])
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    signature.scratch = { Layout(SpatialDropout.cell(input), lanes: $0).count }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.shape = SpatialDropout.cell(inputs[0])
    return copy
  }

  public func atInference() -> any Layer { Activation(.linear) }

  public func forward(_ pass: borrowing ForwardPass) {
    switch pass.mode {
    case .training: apply(pass.input, pass.layerIndex, pass.shard, pass.scratch, into: pass.output)
    case .inference: Elementwise.copy(pass.input, into: pass.output)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    apply(pass.outputGradient, pass.layerIndex, pass.shard, pass.scratch, into: inputGradient)
  }

  private func apply(_ tensor: Tensor, _ layer: Int, _ shard: ShardContext, _ scratch: Buffer, into result: Tensor) {
    let mask = Tensor(shape, layout: Layout(shape, lanes: tensor.lanes), storage: scratch)
    mask.fill(1)
    DropoutMask.apply(
      mask, rate: Float(rate), seed: shard.seed, layer: layer, step: shard.step, samples: shard.sampleIDs, into: mask)
    Combination.apply(.product, tensor, mask, into: result)
  }

  /// The shape of what is drawn: one number for each channel.
  private static func cell(_ input: Shape) -> Shape { Shape(Dimensions.all(1) + [input.channels]) }
}

public typealias SpatialDropout1D = SpatialDropout<OneDimension>
public typealias SpatialDropout2D = SpatialDropout<TwoDimensions>
public typealias SpatialDropout3D = SpatialDropout<ThreeDimensions>
