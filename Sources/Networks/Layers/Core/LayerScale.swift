import Kernels
public import Tensors

/// y = gamma * x with one learned factor for each channel (Touvron et al., 2021). A layer of keras.applications'
/// ConvNeXt. Any shape to the same shape; dgamma = sum of dy x.
public struct LayerScale: Layer {
  public static let kerasName = "LayerScale"
  public let initialValue: Double
  /// As Keras writes it; nil takes the input's.
  public let channels: Int?

  public init(initialValue: Double = 1e-6, channels: Int? = nil) {
    (self.initialValue, self.channels) = (initialValue, channels)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      initialValue: try configuration.number("init_values", default: 1e-6),
      channels: configuration.value("projection_dim") == .null ? nil : try configuration.integer("projection_dim"))
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    ["init_values": .number(initialValue), "projection_dim": channels.map { .integer($0) } ?? .null]
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    guard channels == nil || channels == input.channels else {
      throw ShapeError(
        "has \(channels!) factors for \(input.channels) channels; give it projection_dim \(input.channels).")
    }
    var signature = Signature(outputs: [input])
    signature.parameters = [Parameter("gamma", [input.channels], .constant(initialValue))]
    signature.backwardReads = .inputs
    signature.forwardAliasing = .inPlace
    signature.backwardAliasing = .inPlace
    // Zeros and ones: what is taken off and divided by. Then sums that nobody wants.
    signature.prepared = 2 * input.channels
    signature.scratch = { _ in input.channels }
    signature.multiplications = input.count
    return signature
  }

  public func prepare(_ pass: borrowing PreparePass) {
    let count = pass.prepared.count / 2
    pass.prepared[0..<count].fill(0)
    pass.prepared[count..<2 * count].fill(1)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    let count = pass.input.shape.channels
    Elementwise.scaleAndShift(
      pass.input, scales: pass.parameters[0], offsets: pass.prepared[0..<count], into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let count = pass.input.shape.channels
    let (zeros, ones) = (pass.prepared[0..<count], pass.prepared[count..<2 * count])
    // A normalisation by statistics that change nothing has the same sums. First, because the gradient of the input may
    // overwrite that of the output.
    Kernels.BatchNormalization(gamma: nil, beta: nil, epsilon: 0).sums(
      input: pass.input, gradient: pass.outputGradient, mean: zeros, variance: ones, live: pass.live,
      gradientSum: pass.scratch, productSum: pass.parameterGradient(0))
    if let inputGradient = pass.inputGradient {
      Elementwise.scaleAndShift(
        pass.outputGradient, scales: pass.parameters[0], offsets: zeros, into: inputGradient)
    }
  }
}
