import Kernels
public import Tensors

/// In training adds normal noise of mean 0 and deviation `deviation` to every element; nothing at inference. Any shape
/// to the same shape; dx = dy. The noise is a function of seed, step, layer and sample alone.
public struct GaussianNoise: Layer {
  public static let kerasName = "GaussianNoise"
  public let deviation: Double

  public init(_ deviation: Double) {
    precondition(deviation >= 0, "a deviation is not negative")
    self.deviation = deviation
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    _ = try configuration.number("stddev")
    deviation = try configuration.nonnegative("stddev", default: 0)
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["stddev": .number(deviation)] }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.one()])
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .view
    return signature
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return Elementwise.copy(pass.input, into: pass.output) }
    DropoutMask.addNoise(
      pass.input, multiplies: false, mean: 0, deviation: Float(deviation), seed: pass.shard.seed,
      layer: pass.layerIndex, step: pass.shard.step, samples: pass.shard.sampleIDs, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {}
}
