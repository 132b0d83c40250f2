public import Kernels
public import Tensors

/// Convolution of every channel by itself, with bias and activation: Keras's `DepthwiseConv1D` and `DepthwiseConv2D`.
///
/// (H, W, C) to (H', W', C * m); kernel (kh, kw, C, m), output channel c * m + k:
///
///     y[h, w, c * m + k] = f(b[c * m + k] + sum over i, j of x[h*s + i*d - p, w*s + j*d - p, c] * kernel[i, j, c, k])
///
/// It is a `Conv` with as many groups as channels, whose kernel has the same numbers in the same order.
public struct DepthwiseConv<Dimensions: SpatialDimensions>: Layer, FusingConvolution {
  public static var kerasName: String { "DepthwiseConv\(Dimensions.suffix)" }

  public let window: ConvolutionWindow
  /// Outputs of each channel, m.
  public let multiplier: Int
  public internal(set) var usesBias: Bool
  public internal(set) var activation: ActivationFunction
  private let kernelSettings: ParameterSettings
  private let biasSettings: ParameterSettings
  /// Those from which the shape chooses.
  var algorithms = Set(ConvolutionAlgorithm.allCases)
  var margins: Margins?
  var maximum: Float?
  var isSilu = false
  /// For the shape that the layer is bound to.
  private var grouped: Conv<Dimensions>?

  /// - Parameters:
  ///   - kernel, strides, dilation: one number for each axis.
  public init(
    kernel: [Int], strides: [Int] = Dimensions.all(1), padding: Padding = .valid,
    dilation: [Int] = Dimensions.all(1), multiplier: Int = 1, activation: ActivationFunction = .linear,
    usesBias: Bool = true, kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil
  ) {
    precondition(padding != .causal, "Keras has no causal depthwise convolution")
    window = ConvolutionWindow(
      kernel: kernel, strides: strides, dilation: dilation, padding: padding, axes: Dimensions.count)
    (self.multiplier, self.activation, self.usesBias) = (multiplier, activation, usesBias)
    kernelSettings = ParameterSettings(kernelInitializer, regularizer: kernelRegularizer)
    biasSettings = ParameterSettings(biasInitializer, regularizer: biasRegularizer)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    window = try ConvolutionWindow(in: configuration, axes: Dimensions.count)
    multiplier = try configuration.integer("depth_multiplier", default: 1)
    activation = try configuration.activation()
    usesBias = try configuration.bool("use_bias", default: true)
    kernelSettings = try ParameterSettings("depthwise", in: configuration, default: .glorotUniform)
    biasSettings = try ParameterSettings("bias", in: configuration, default: .zeros)
    // Keras 2 writes it, always 1.
    try configuration.expect("groups", among: [1])
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    window.kerasConfiguration.merging([
      "depth_multiplier": .integer(multiplier), "activation": activation.kerasConfiguration,
      "use_bias": .bool(usesBias),
    ]) { $1 }.describing(["depthwise": kernelSettings, "bias": biasSettings])
  }

  public func signature(of inputs: [Shape]) throws(ShapeError) -> Signature {
    let channels = try Dimensions.input(inputs).channels
    try window.check(["depth_multiplier": multiplier])
    var signature = try grouped(channels).signature(of: inputs)
    signature.parameters = [Parameter("kernel", window.kernel + [channels, multiplier], kernelSettings)]
    if usesBias { signature.parameters.append(Parameter("bias", [channels * multiplier], biasSettings)) }
    return signature
  }

  func absorbing(atInference next: any Layer, inputs: [Shape]) -> (any Layer)? {
    absorbing(silu: next, grouped(inputs[0].channels).convolution(for: inputs[0]))
  }

  public func bound(to inputs: [Shape]) -> any Layer {
    var copy = self
    copy.grouped = grouped(inputs[0].channels).bound(to: inputs) as? Conv<Dimensions>
    return copy
  }

  public func prepare(_ pass: borrowing PreparePass) { grouped!.prepare(pass) }
  public func forward(_ pass: borrowing ForwardPass) { grouped!.forward(pass) }
  public func backward(_ pass: borrowing BackwardPass) { grouped!.backward(pass) }

  private func grouped(_ channels: Int) -> Conv<Dimensions> {
    var layer = Conv<Dimensions>(
      channels * multiplier, kernel: window.kernel, strides: window.strides, padding: window.padding,
      dilation: window.dilation, groups: channels, usesBias: usesBias)
    layer.algorithms = algorithms
    (layer.maximum, layer.isSilu) = (maximum, isSilu)
    return margins.flatMap { layer.absorbing($0, isRectified: false) } ?? layer
  }
}

public typealias DepthwiseConv1D = DepthwiseConv<OneDimension>
public typealias DepthwiseConv2D = DepthwiseConv<TwoDimensions>
