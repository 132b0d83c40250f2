public import Kernels
public import Tensors

/// Convolution of every channel by itself, with bias and activation.
///
/// (H, W, C) to (H', W', C * m); kernel (kh, kw, C, m), output channel c * m + k:
///
///     y[h, w, c * m + k] = f(b[c * m + k] + sum over i, j of x[h*s + i*d - p, w*s + j*d - p, c] * kernel[i, j, c, k])
///
/// It is a `Conv2D` with as many groups as channels, whose kernel has the same numbers in the same order.
public struct DepthwiseConv2D: Layer, ActivationEnding, PaddingAbsorbing {
  public static let kerasName = "DepthwiseConv2D"

  /// Height and width.
  public let kernel: [Int]
  public let strides: [Int]
  public let dilation: [Int]
  public let padding: Padding
  /// Outputs of each channel, m.
  public let multiplier: Int
  public let usesBias: Bool
  public private(set) var activation: ActivationFunction
  public let kernelInitializer: Initializer
  public let biasInitializer: Initializer
  public let kernelRegularizer: Regularizer?
  public let biasRegularizer: Regularizer?
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  private var absorbed: ZeroPadding2D?
  /// For the shape that the layer is bound to.
  private var grouped: Conv2D?

  public init(
    kernel: [Int], strides: [Int] = [1, 1], padding: Padding = .valid, dilation: [Int] = [1, 1], multiplier: Int = 1,
    activation: ActivationFunction = .linear, usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    precondition(kernel.count == 2 && strides.count == 2 && dilation.count == 2, "height and width")
    (self.kernel, self.strides, self.dilation, self.padding) = (kernel, strides, dilation, padding)
    (self.multiplier, self.activation, self.usesBias) = (multiplier, activation, usesBias)
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    (self.kernelRegularizer, self.biasRegularizer) = (kernelRegularizer, biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    self.init(
      kernel: try configuration.integers("kernel_size", count: 2),
      strides: try configuration.integers("strides", count: 2, default: 1),
      padding: try configuration.choice("padding", default: .valid),
      dilation: try configuration.integers("dilation_rate", count: 2, default: 1),
      multiplier: try configuration.integer("depth_multiplier", default: 1),
      activation: try configuration.activation(), usesBias: try configuration.bool("use_bias", default: true),
      kernelInitializer: try Initializer("depthwise_initializer", in: configuration, default: .glorotUniform),
      biasInitializer: try Initializer("bias_initializer", in: configuration, default: .zeros),
      kernelRegularizer: try Regularizer.read("depthwise", in: configuration),
      biasRegularizer: try Regularizer.read("bias", in: configuration))
    try configuration.expect("data_format", among: ["channels_last"])
    // Keras 2 writes it, always 1.
    try configuration.expect("groups", among: [1])
    try configuration.expectUnconstrained(["depthwise", "bias"])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "kernel_size": JSONValue(kernel), "strides": JSONValue(strides), "padding": .string(padding.rawValue),
      "dilation_rate": JSONValue(dilation), "depth_multiplier": .integer(multiplier),
      "activation": .string(activation.rawValue), "use_bias": .bool(usesBias), "data_format": "channels_last",
      "depthwise_initializer": kernelInitializer.kerasConfiguration,
      "bias_initializer": biasInitializer.kerasConfiguration,
    ].regularized(["depthwise": kernelRegularizer, "bias": biasRegularizer])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let channels = try inputs.one(rank: 3).channels
    guard multiplier >= 1 else {
      throw ShapeError("has depth_multiplier of \(multiplier), but it must be at least 1.")
    }
    var signature = try grouped(channels).signature(of: inputs)
    signature.parameters[0] = Parameter(
      "kernel", kernel + [channels, multiplier], kernelInitializer, regularizer: kernelRegularizer)
    return signature
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.grouped = grouped(inputs[0].channels).bound(to: inputs) as? Conv2D
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) { grouped!.prepare(pass) }
  public func forward(_ pass: borrowing ForwardPass) { grouped!.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { grouped!.backward(pass) }

  private func grouped(_ channels: Int) -> Conv2D {
    var layer = Conv2D(
      channels * multiplier, kernel: kernel, strides: strides, padding: padding, dilation: dilation, groups: channels,
      usesBias: usesBias, biasInitializer: biasInitializer, biasRegularizer: biasRegularizer)
    layer.algorithms = algorithms
    return absorbed.flatMap { layer.absorbing($0, isRectified: false) } ?? layer
  }

  var linear: DepthwiseConv2D {
    var copy = self
    copy.activation = .linear
    return copy
  }

  func absorbing(_ padding: ZeroPadding2D, isRectified: Bool) -> DepthwiseConv2D? {
    guard self.padding == .valid, absorbed == nil else { return nil }
    var copy = self
    copy.absorbed = padding
    return copy
  }
}
