import Kernels
public import Tensors

/// In training sets each element to zero with probability `rate` and divides the others by 1 - rate; nothing at inference
/// (Srivastava et al., 2014). Any shape to the same shape.
///
/// What is kept is a function of seed, step, layer and sample alone: no mask is stored, and ranks do not matter.
public struct Dropout: Layer {
  public static let kerasName = "Dropout"
  public let rate: Double

  public init(_ rate: Double) {
    precondition((0..<1).contains(rate), "a share of elements: at least 0 and below 1")
    self.rate = rate
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    rate = try configuration.number("rate")
    guard (0..<1).contains(rate) else {
      throw ImportError("layer '\(configuration.layerName)' (Dropout): rate is \(rate), but must be at least 0 and below 1.")
    }
    try configuration.expect("noise_shape", among: [])
    // Keras's seed would not give Keras's numbers; the seed of the run decides.
    _ = configuration.value("seed")
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["rate": .number(rate), "seed": .null, "noise_shape": .null] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.one()])
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    return signature
  }

  public func atInference() -> any Layer { Activation(.linear) }

  public func forward(_ pass: borrowing ForwardPass) {
    switch pass.mode {
    case .training: apply(pass.input, pass.layerIndex, pass.shard, into: pass.output)
    case .inference: Elementwise.copy(pass.input, into: pass.output)
    }
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if let inputGradient = pass.inputGradient { apply(pass.outputGradient, pass.layerIndex, pass.shard, into: inputGradient) }
  }

  private func apply(_ tensor: Tensor, _ layer: Int, _ shard: ShardContext, into result: Tensor) {
    DropoutMask.apply(
      tensor, rate: Float(rate), seed: shard.seed, layer: layer, step: shard.step, samples: shard.sampleIDs, into: result)
  }
}
