public import Kernels
public import Tensors

/// Every output a weighted sum of all inputs, with bias and activation, at every position.
///
/// (I) to (O), or (N, I) to (N, O), kernel (I, O): y[o] = f(b[o] + sum over i of x[i] * k[i, o]).
public struct Dense: Layer, ActivationEnding {
  public static let kerasName = "Dense"

  public let units: Int
  public let activation: ActivationFunction
  public let usesBias: Bool
  public let kernelInitializer: Initializer
  public let biasInitializer: Initializer
  public let kernelRegularizer: Regularizer?
  public let biasRegularizer: Regularizer?

  public init(
    _ units: Int, activation: ActivationFunction = .linear, usesBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    (self.units, self.activation, self.usesBias) = (units, activation, usesBias)
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    (self.kernelRegularizer, self.biasRegularizer) = (kernelRegularizer, biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      try configuration.integer("units"), activation: try configuration.activation(),
      usesBias: try configuration.bool("use_bias", default: true),
      kernelInitializer: try Initializer("kernel_initializer", in: configuration, default: .glorotUniform),
      biasInitializer: try Initializer("bias_initializer", in: configuration, default: .zeros),
      kernelRegularizer: try Regularizer.read("kernel", in: configuration),
      biasRegularizer: try Regularizer.read("bias", in: configuration))
    try configuration.expectUnconstrained(["kernel", "bias"])
    for key in ["lora_rank", "lora_alpha", "quantization_config"] { try configuration.expect(key, among: []) }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "units": .integer(units), "activation": .string(activation.kerasName), "use_bias": .bool(usesBias),
      "kernel_initializer": kernelInitializer.kerasConfiguration,
      "bias_initializer": biasInitializer.kerasConfiguration,
    ].regularized(["kernel": kernelRegularizer, "bias": biasRegularizer])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one()
    // A position of an image would be a 1x1 convolution, whose output may have a border.
    guard (1...2).contains(input.rank) else {
      throw ShapeError("takes vectors of features, but gets \(input); put a Flatten or GlobalAveragePooling2D before it.")
    }
    guard units > 0 else { throw ShapeError("has \(units) units; give it at least 1.") }
    var signature = Signature(outputs: [input.rank == 1 ? [units] : [input.width, units]])
    signature.parameters = [
      Parameter("kernel", [input.channels, units], kernelInitializer, regularizer: kernelRegularizer)
    ]
    if usesBias {
      signature.parameters.append(Parameter("bias", [units], biasInitializer, regularizer: biasRegularizer))
    }
    signature.backwardReads = .inputs
    signature.readsWhenFrozen = []
    signature.multiplications = input.count * units
    return signature
  }

  public func forward(_ pass: borrowing ForwardPass) {
    DenseProduct.apply(
      pass.input, kernel: pass.parameters[0], bias: usesBias ? pass.parameters[1] : nil, into: pass.output)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    if !pass.isFrozen {
      DenseProduct.differentiateKernel(input: pass.input, gradient: pass.outputGradient, into: pass.parameterGradient(0))
      if usesBias { ChannelSums.of(pass.outputGradient, live: pass.live, into: pass.parameterGradient(1)) }
    }
    if let inputGradient = pass.inputGradient {
      DenseProduct.differentiateInput(gradient: pass.outputGradient, kernel: pass.parameters[0], into: inputGradient)
    }
  }

  var linear: Dense {
    Dense(
      units, usesBias: usesBias, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer)
  }
}
