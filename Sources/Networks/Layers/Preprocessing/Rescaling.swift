import Kernels
public import Tensors

/// y = x * scale + offset, with one number for all channels or one for each. Any shape to the same shape.
public struct Rescaling: Layer {
  public static let kerasName = "Rescaling"
  /// One, or one per channel.
  public let scale: [Double]
  public let offset: [Double]

  public init(_ scale: Double, offset: Double = 0) { (self.scale, self.offset) = ([scale], [offset]) }

  /// One number for each channel, or one for all.
  public init(_ scale: [Double], offset: [Double]) { (self.scale, self.offset) = (scale, offset) }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    func numbers(_ key: String, _ standard: Double?) throws(ImportError) -> [Double] {
      let value = configuration.value(key)
      if let list = value.asArray, !list.isEmpty, list.allSatisfy({ $0.asNumber != nil }) {
        return list.map { $0.asNumber! }
      }
      return [try configuration.number(key, default: standard)]
    }
    scale = try numbers("scale", nil)
    offset = try numbers("offset", 0)
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    func value(_ numbers: [Double]) -> JSONValue {
      numbers.count == 1 ? .number(numbers[0]) : .array(numbers.map { .number($0) })
    }
    return ["scale": value(scale), "offset": value(offset)]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    for count in [scale.count, offset.count] where count != 1 && count != input.channels {
      throw ShapeError("has \(count) numbers for \(input.channels) channels; give one, or one for each channel.")
    }
    var signature = Signature(outputs: [input])
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    // Scales, offsets, and zeros for backward.
    signature.prepared = 3 * input.channels
    return signature
  }

  public func prepare(_ pass: borrowing PreparePass) {
    let channels = pass.inputs[0].channels
    for channel in 0..<channels {
      pass.prepared[channel] = Float(scale.count == 1 ? scale[0] : scale[channel])
      pass.prepared[channels + channel] = Float(offset.count == 1 ? offset[0] : offset[channel])
      pass.prepared[2 * channels + channel] = 0
    }
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let channels = pass.input.shape.channels
    Elementwise.scaleAndShift(
      pass.input, scales: pass.prepared[0..<channels], offsets: pass.prepared[channels..<2 * channels],
      into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    guard let inputGradient = pass.inputGradient else { return }
    let channels = inputGradient.shape.channels
    Elementwise.scaleAndShift(
      pass.outputGradient, scales: pass.prepared[0..<channels], offsets: pass.prepared[2 * channels..<3 * channels],
      into: inputGradient)
  }
}
