import Kernels
public import Tensors

/// In training y = (x - mean) * f + mean, with the mean of each channel of an image and one f for each image, uniform
/// between 1 - `lower` and 1 + `upper`, cut off at the range of values; nothing at inference. (H, W, C) to the same
/// shape.
public struct RandomContrast: Layer {
  public static let kerasName = "RandomContrast"
  public let lower: Double, upper: Double
  public let range: ClosedRange<Double>
  private var small: Shape = []

  public init(lower: Double, upper: Double, range: ClosedRange<Double> = 0...255) {
    (self.lower, self.upper, self.range) = (lower, upper, range)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    (lower, upper) = try configuration.factors(negating: false)
    range = try configuration.valueRange()
    try configuration.expect("data_format", among: ["channels_last"])
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    var values: [String: JSONValue] = ["factor": [.number(lower), .number(upper)]]
    // Keras 2 has 0 to 255 always, and no key for it.
    if range != 0...255 { values["value_range"] = [.number(range.lowerBound), .number(range.upperBound)] }
    return values
  }

  private var clip: PointwiseFunction {
    .clip(slope: 1, offset: 0, low: Float(range.lowerBound), high: Float(range.upperBound))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    var signature = Signature(outputs: [input])
    signature.backwardReads = .outputs
    // The factors, and means.
    signature.scratch = { Layout([1, 1, 1], lanes: $0).count + Layout([1, 1, input.channels], lanes: $0).count }
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.small = [1, 1, inputs[0].channels]
    return copy
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return Elementwise.copy(pass.input, into: pass.output) }
    apply(pass.input, pass.scratch, pass.layerIndex, pass.shard, into: pass.output)
    clip.apply(pass.output, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    clip.differentiate(at: pass.output, gradient: pass.outputGradient, into: inputGradient)
    // The function is its own transpose.
    apply(inputGradient, pass.scratch, pass.layerIndex, pass.shard, into: inputGradient)
  }

  /// y = f x + (1 - f) mean of x.
  private func apply(_ x: Tensor, _ scratch: Buffer, _ layer: Int, _ shard: ShardContext, into y: Tensor) {
    let factors = Tensor([1, 1, 1], layout: Layout([1, 1, 1], lanes: x.lanes), storage: scratch[0..<x.lanes])
    let means = Tensor(small, layout: Layout(small, lanes: x.lanes), storage: scratch[x.lanes..<scratch.count])
    GlobalPooling.average(x, into: means)
    func setFactors(_ value: (_ factor: Double) -> Double) {
      for lane in 0..<x.lanes {
        var random = shard.random(layer: layer, lane: lane)
        let factor = 1 - lower + (lower + upper) * Double(random.uniform())
        factors[lane: lane, depth: 0, height: 0, width: 0, channel: 0] = Float(value(factor))
      }
    }
    setFactors { 1 - $0 }
    Combination.apply(.product, means, factors, into: means)
    setFactors { $0 }
    Combination.apply(.product, x, factors, into: y)
    Combination.apply(.sum, y, means, into: y)
  }
}
