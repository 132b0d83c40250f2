public import Kernels
public import Tensors

/// Every output a weighted sum of all inputs, with bias and activation, at every position.
///
/// (..., I) to (..., O), kernel (I, O): y[o] = f(b[o] + sum over i of x[i] * k[i, o]).
public struct Dense: Layer, ActivationEnding {
  public static let kerasName = "Dense"

  public let units: Int
  public let activation: ActivationFunction
  public let usesBias: Bool
  public let kernel: ParameterSettings
  public let bias: ParameterSettings
  /// Whether backward leaves the gradient of the kernel as factors (`Graph.factoringGradients`).
  var factorsGradient = false
  /// Whether sums run in blocks, as where a model is not trained (`Graph.summingInBlocks`).
  var isBlocked = false

  public init(
    _ units: Int, activation: ActivationFunction = .linear, usesBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    self.init(
      units, activation, usesBias, ParameterSettings(kernelInitializer, regularizer: kernelRegularizer),
      ParameterSettings(biasInitializer, regularizer: biasRegularizer))
  }

  private init(
    _ units: Int, _ activation: ActivationFunction, _ usesBias: Bool, _ kernel: ParameterSettings,
    _ bias: ParameterSettings
  ) {
    (self.units, self.activation, self.usesBias, self.kernel, self.bias) = (units, activation, usesBias, kernel, bias)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      try configuration.integer("units"), try configuration.activation(),
      try configuration.bool("use_bias", default: true),
      try ParameterSettings("kernel", in: configuration, default: .glorotUniform),
      try ParameterSettings("bias", in: configuration, default: .zeros))
    try configuration.expect("activity_regularizer", among: [])
    for key in ["lora_rank", "lora_alpha", "quantization_config"] { try configuration.expect(key, among: []) }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "units": .integer(units), "activation": activation.kerasConfiguration, "use_bias": .bool(usesBias),
    ].describing(["kernel": kernel, "bias": bias])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    guard units > 0 else { throw ShapeError("has \(units) units; give it at least 1.") }
    let output = try activation.output(of: Shape(input.dimensions.dropLast() + [units]))
    var signature = Signature(outputs: [output])
    signature.parameters = [Parameter("kernel", [input.channels, units], kernel)]
    signature.parameters[0].isFactored = factorsGradient
    if usesBias { signature.parameters.append(Parameter("bias", [units], bias)) }
    signature.backwardReads = .inputs
    signature.readsWhenFrozen = []
    signature.multiplications = input.count * units
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    DenseProduct.apply(
      pass.input, kernel: pass.parameters[0], bias: usesBias ? pass.parameters[1] : nil, into: pass.output,
      isBlocked: isBlocked)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if !pass.isFrozen {
      if let (factors, memory) = pass.parameterFactors(0) {
        factors.record(input: pass.input, gradient: pass.outputGradient, live: pass.live, into: memory)
      } else {
        DenseProduct.differentiateKernel(
          input: pass.input, gradient: pass.outputGradient, into: pass.parameterGradient(0))
      }
      if usesBias { ChannelSums.of(pass.outputGradient, live: pass.live, into: pass.parameterGradient(1)) }
    }
    if let inputGradient = pass.inputGradient {
      DenseProduct.differentiateInput(gradient: pass.outputGradient, kernel: pass.parameters[0], into: inputGradient)
    }
  }

  var linear: Dense {
    var copy = Dense(units, .linear, usesBias, kernel, bias)
    (copy.factorsGradient, copy.isBlocked) = (factorsGradient, isBlocked)
    return copy
  }
}
