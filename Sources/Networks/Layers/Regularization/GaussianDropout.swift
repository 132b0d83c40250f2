import Kernels
public import Tensors

/// In training multiplies every element by a normal number of mean 1 and variance rate / (1 - rate); nothing at
/// inference (Srivastava et al., 2014). Any shape to the same shape. The noise is a function of seed, step, layer and
/// sample alone.
public struct GaussianDropout: Layer {
  public static let kerasName = "GaussianDropout"
  public let rate: Double

  public init(_ rate: Double) {
    precondition((0..<1).contains(rate), "a share of elements: at least 0 and below 1")
    self.rate = rate
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    rate = try configuration.rate()
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["rate": .number(rate)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    SharedMask(rate: rate).signature(of: try inputs.one())
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return Elementwise.copy(pass.input, into: pass.output) }
    apply(pass.input, pass.layerIndex, pass.shard, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if let inputGradient = pass.inputGradient {
      apply(pass.outputGradient, pass.layerIndex, pass.shard, into: inputGradient)
    }
  }

  private func apply(_ tensor: Tensor, _ layer: Int, _ shard: ShardContext, into result: Tensor) {
    DropoutMask.addNoise(
      tensor, multiplies: true, mean: 1, deviation: Float((rate / (1 - rate)).squareRoot()), seed: shard.seed,
      layer: layer, step: shard.step, samples: shard.sampleIDs, into: result)
  }
}
