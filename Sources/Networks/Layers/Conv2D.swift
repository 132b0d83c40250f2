public import Kernels
public import Tensors

/// Convolution over height and width (cross-correlation, as everywhere in deep learning), with bias and activation.
///
/// (H, W, I) to (H', W', O); kernel (kh, kw, I / groups, O):
///
///     y[h, w, o] = f(b[o] + sum over i, j, c of x[h*s + i*d - p, w*s + j*d - p, c] * k[i, j, c, o])
///
/// Output sizes: `same` ceil(n / s), the odd row of padding at the end; `valid` floor((n - d*(k-1) - 1) / s) + 1. Defaults are Keras's.
public struct Conv2D: Layer, ActivationEnding, PaddingAbsorbing {
  public static let kerasName = "Conv2D"

  public let filters: Int
  /// Height and width.
  public let kernel: [Int]
  public let strides: [Int]
  public let dilation: [Int]
  public let padding: Padding
  public let groups: Int
  public let usesBias: Bool
  public private(set) var activation: ActivationFunction
  public let kernelInitializer: Initializer
  public let biasInitializer: Initializer
  public let kernelRegularizer: Regularizer?
  public let biasRegularizer: Regularizer?
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  /// Cells of zeros around the image that a `ZeroPadding2D` in front would have added.
  private var surroundings: ZeroPadding2D?
  /// For the shape that the layer is bound to.
  private var convolution: Convolution?

  public init(
    _ filters: Int, kernel: Int, strides: Int = 1, padding: Padding = .valid, dilation: Int = 1, groups: Int = 1,
    activation: ActivationFunction = .linear, usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    self.init(
      filters, kernel: [kernel, kernel], strides: [strides, strides], padding: padding, dilation: [dilation, dilation],
      groups: groups, activation: activation, usesBias: usesBias, kernelInitializer: kernelInitializer,
      biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer)
  }

  public init(
    _ filters: Int, kernel: [Int], strides: [Int] = [1, 1], padding: Padding = .valid, dilation: [Int] = [1, 1],
    groups: Int = 1, activation: ActivationFunction = .linear, usesBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    precondition(kernel.count == 2 && strides.count == 2 && dilation.count == 2, "height and width")
    (self.filters, self.kernel, self.strides, self.dilation) = (filters, kernel, strides, dilation)
    (self.padding, self.groups, self.activation, self.usesBias) = (padding, groups, activation, usesBias)
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    (self.kernelRegularizer, self.biasRegularizer) = (kernelRegularizer, biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      try configuration.integer("filters"), kernel: try configuration.integers("kernel_size", count: 2),
      strides: try configuration.integers("strides", count: 2, default: 1),
      padding: try configuration.choice("padding", default: .valid),
      dilation: try configuration.integers("dilation_rate", count: 2, default: 1),
      groups: try configuration.integer("groups", default: 1), activation: try configuration.activation(),
      usesBias: try configuration.bool("use_bias", default: true),
      kernelInitializer: try Initializer("kernel_initializer", in: configuration, default: .glorotUniform),
      biasInitializer: try Initializer("bias_initializer", in: configuration, default: .zeros),
      kernelRegularizer: try Regularizer.read("kernel", in: configuration),
      biasRegularizer: try Regularizer.read("bias", in: configuration))
    try configuration.expect("data_format", among: ["channels_last"])
    try configuration.expectUnconstrained(["kernel", "bias"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "filters": .integer(filters), "kernel_size": JSONValue(kernel), "strides": JSONValue(strides),
      "padding": .string(padding.rawValue), "dilation_rate": JSONValue(dilation), "groups": .integer(groups),
      "activation": .string(activation.kerasName), "use_bias": .bool(usesBias), "data_format": "channels_last",
      "kernel_initializer": kernelInitializer.kerasConfiguration, "bias_initializer": biasInitializer.kerasConfiguration,
    ].regularized(["kernel": kernelRegularizer, "bias": biasRegularizer])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let input = try inputs.one(rank: 3)
    try check(input)
    let convolution = convolution(of: input)
    var signature = Signature(outputs: [convolution.geometry.output])
    signature.parameters = [
      Parameter("kernel", kernel + [input.channels / groups, filters], kernelInitializer, regularizer: kernelRegularizer)
    ]
    if usesBias {
      signature.parameters.append(Parameter("bias", [filters], biasInitializer, regularizer: biasRegularizer))
    }
    signature.inputBorder = convolution.inputBorder
    signature.outputGradientBorder = convolution.outputGradientBorder
    signature.backwardReads = .inputs
    signature.readsWhenFrozen = []
    signature.scratch = { convolution.scratchCount(lanes: $0) }
    signature.prepared = convolution.packedCount
    signature.multiplications = convolution.geometry.multiplications
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.convolution = convolution(of: inputs[0])
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) {
    convolution!.pack(pass.parameters[0], into: pass.prepared, backward: pass.mode == .training)
  }

  public func forward(_ pass: borrowing ForwardPass) {
    convolution!.forward(
      input: pass.input, packed: pass.prepared, bias: usesBias ? pass.parameters[1] : nil,
      output: pass.output, scratch: pass.scratch)
  }

  public func backward(_ pass: borrowing BackwardPass) {
    let convolution = convolution!
    if !pass.isFrozen {
      convolution.filterGradient(
        input: pass.input, outputGradient: pass.outputGradient, kernelGradient: pass.parameterGradient(0), scratch: pass.scratch)
      if usesBias { convolution.biasGradient(outputGradient: pass.outputGradient, into: pass.parameterGradient(1)) }
    }
    if let inputGradient = pass.inputGradient {
      convolution.inputGradient(
        outputGradient: pass.outputGradient, packed: pass.prepared, inputGradient: inputGradient,
        scratch: pass.scratch)
    }
  }

  /// What is computed for images of a shape that fits.
  public func geometry(of input: Shape) -> ConvolutionGeometry {
    let (size, strides, dilation) = (Axes(kernel), Axes(strides), Axes(dilation))
    guard let surroundings else {
      return ConvolutionGeometry(
        input: input, filters: filters, kernel: size, strides: strides, dilation: dilation, groups: groups, padding: padding)
    }
    return ConvolutionGeometry(
      input: input, filters: filters, kernel: size, strides: strides, dilation: dilation, groups: groups,
      paddingBefore: surroundings.before, paddingAfter: surroundings.after)
  }

  private func convolution(of input: Shape) -> Convolution {
    let geometry = geometry(of: input)
    return Convolution(geometry, algorithm: Convolution.preferredAlgorithm(for: geometry, among: algorithms))
  }

  private func check(_ input: Shape) throws(ShapeError) {
    let numbers = [("filters", filters), ("groups", groups)] + (kernel + strides + dilation).map { ("kernel_size, strides and dilation_rate", $0) }
    for (name, value) in numbers where value < 1 { throw ShapeError("has \(name) of \(value), but they must be at least 1.") }
    guard input.channels % groups == 0, filters % groups == 0 else {
      throw ShapeError("cannot cut \(input.channels) channels and \(filters) filters into \(groups) groups; use a divisor of both.")
    }
    let padded = try surroundings?.signature(of: [input]).outputs[0] ?? input
    for (axis, count) in [padded.height, padded.width].enumerated() {
      guard padding.windows(over: count, size: kernel[axis], stride: strides[axis], dilation: dilation[axis]).count > 0 else {
        throw ShapeError("has a kernel of \(kernel[0])x\(kernel[1]) that does not fit \(padded); use padding 'same' or a smaller kernel.")
      }
    }
  }

  var linear: Conv2D {
    var copy = self
    copy.activation = .linear
    return copy
  }

  func absorbing(_ padding: ZeroPadding2D, isRectified: Bool) -> Conv2D? {
    guard self.padding == .valid, surroundings == nil else { return nil }
    var copy = self
    copy.surroundings = padding
    return copy
  }
}
