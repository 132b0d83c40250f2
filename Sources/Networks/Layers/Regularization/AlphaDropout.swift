import Kernels
public import Tensors

/// Dropout that keeps mean and variance of what selu gives (Klambauer et al., 2017): in training y = a x + b where the
/// element is kept, a p + b with probability `rate`, where p = -1.7580993408473766, a = 1 / sqrt((1 - rate) (1 + rate
/// p^2)) and b = -a p rate; nothing at inference. Any shape to the same shape.
public struct AlphaDropout: Layer {
  public static let kerasName = "AlphaDropout"
  public let rate: Double
  /// As in `Dropout`.
  public let noiseShape: [Int?]
  private var maskShape: Shape?
  private static let dropped = -1.6732632423543772 * 1.0507009873554805

  public init(_ rate: Double, noiseShape: [Int?] = []) {
    precondition((0..<1).contains(rate), "a share of elements: at least 0 and below 1")
    (self.rate, self.noiseShape) = (rate, noiseShape)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(try configuration.rate(), noiseShape: try configuration.noiseShape())
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    let sizes = [.null] + noiseShape.map { $0.map { JSONValue.integer($0) } ?? .null }
    return ["rate": .number(rate), "noise_shape": noiseShape.isEmpty ? .null : .array(sizes)]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    try SharedMask(rate: rate, noiseShape: noiseShape, input: try inputs.one()).signature(of: inputs[0])
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.maskShape = try? SharedMask(rate: rate, noiseShape: noiseShape, input: inputs[0]).shape
    return copy
  }

  private var scale: Double {
    1 / ((1 - rate) * (1 + rate * AlphaDropout.dropped * AlphaDropout.dropped)).squareRoot()
  }
  private var shift: Double { -scale * AlphaDropout.dropped * rate }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    let (input, output, layer, shard) = (pass.input, pass.output, pass.layerIndex, pass.shard)
    guard pass.mode == .training else { return Elementwise.copy(input, into: output) }
    let dropped = scale * AlphaDropout.dropped + shift
    guard let mask = mask(pass.scratch, lanes: input.lanes) else {
      return draw(input, scale, shift, dropped, layer, shard, into: output)
    }
    mask.fill(1)
    draw(mask, scale, 0, 0, layer, shard, into: mask)
    Combination.apply(.product, input, mask, into: output)
    mask.fill(1)
    draw(mask, 0, shift, dropped, layer, shard, into: mask)
    Combination.apply(.sum, output, mask, into: output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let (gradient, layer, shard) = (pass.outputGradient, pass.layerIndex, pass.shard)
    guard let mask = mask(pass.scratch, lanes: gradient.lanes) else {
      return draw(gradient, scale, 0, 0, layer, shard, into: inputGradient)
    }
    mask.fill(1)
    draw(mask, scale, 0, 0, layer, shard, into: mask)
    Combination.apply(.product, gradient, mask, into: inputGradient)
  }

  /// Where the mask is shared, the memory for it.
  private func mask(_ scratch: Buffer, lanes: Int) -> Tensor? {
    maskShape.map { Tensor($0, layout: Layout($0, lanes: lanes), storage: scratch) }
  }

  private func draw(
    _ tensor: Tensor, _ scale: Double, _ shift: Double, _ dropped: Double, _ layer: Int, _ shard: ShardContext,
    into result: Tensor
  ) {
    DropoutMask.apply(
      tensor, rate: Float(rate), scale: Float(scale), shift: Float(shift), dropped: Float(dropped), seed: shard.seed,
      layer: layer, step: shard.step, samples: shard.sampleIDs, into: result)
  }
}
