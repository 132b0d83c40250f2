import Kernels
public import Tensors

/// In training adds one number to all elements of an image, uniform between `lowest` and `highest` of the range of
/// values, and cuts off what leaves the range; nothing at inference. (H, W, C) to the same shape.
public struct RandomBrightness: Layer {
  public static let kerasName = "RandomBrightness"
  public let lowest: Double, highest: Double
  public let range: ClosedRange<Double>

  public init(lowest: Double, highest: Double, range: ClosedRange<Double> = 0...255) {
    (self.lowest, self.highest, self.range) = (lowest, highest, range)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    (lowest, highest) = try configuration.factors(negating: true)
    range = try configuration.valueRange()
    try configuration.expect("data_format", among: ["channels_last"])
    configuration.dropSeed()
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "factor": [.number(lowest), .number(highest)],
      "value_range": [.number(range.lowerBound), .number(range.upperBound)],
    ]
  }

  private var clip: PointwiseFunction {
    .clip(slope: 1, offset: 0, low: Float(range.lowerBound), high: Float(range.upperBound))
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    var signature = Signature(outputs: [try inputs.one(rank: 3)])
    signature.backwardReads = .outputs
    signature.scratch = { Layout([1, 1, 1], lanes: $0).count }
    return signature
  }

  public func atInference() -> any Layer { Identity() }

  public func forward(_ pass: borrowing ForwardPass) {
    guard pass.mode == .training else { return Elementwise.copy(pass.input, into: pass.output) }
    let added = Tensor([1, 1, 1], layout: Layout([1, 1, 1], lanes: pass.input.lanes), storage: pass.scratch)
    for lane in 0..<added.lanes {
      var random = pass.shard.random(layer: pass.layerIndex, lane: lane)
      let share = lowest + (highest - lowest) * Double(random.uniform())
      added[lane: lane, depth: 0, height: 0, width: 0, channel: 0] = Float(
        share * (range.upperBound - range.lowerBound))
    }
    Combination.apply(.sum, pass.input, added, into: pass.output)
    clip.apply(pass.output, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    clip.differentiate(at: pass.output, gradient: pass.outputGradient, into: inputGradient)
  }
}

extension LayerConfiguration {
  /// Keras's `factor`: two numbers, or one that stands for the distance to either side.
  ///
  /// - Parameter negating: whether one number stands for -number and number, else for number and number, or in Keras 3
  ///   for 0 and number.
  func factors(negating: Bool) throws(ImportError) -> (Double, Double) {
    let value = value("factor")
    if let number = value.asNumber { return (negating ? -abs(number) : kerasVersion < 3 ? number : 0, abs(number)) }
    let numbers = (value.asArray ?? []).compactMap(\.asNumber)
    guard numbers.count == 2, value.asArray?.count == 2, !negating || numbers[0] <= numbers[1] else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): factor is \(value.brief), but must be a number or two in ascending order."
      )
    }
    return (numbers[0], numbers[1])
  }

  /// Keras's `value_range`, 0 to 255 by default.
  func valueRange() throws(ImportError) -> ClosedRange<Double> {
    let value = value("value_range")
    if value == .null { return 0...255 }
    let numbers = (value.asArray ?? []).compactMap(\.asNumber).sorted()
    guard numbers.count == 2, value.asArray?.count == 2, numbers[0] < numbers[1] else {
      throw ImportError(
        "layer '\(layerName)' (\(className)): value_range is \(value.brief), but must be two different numbers.")
    }
    return numbers[0]...numbers[1]
  }
}
