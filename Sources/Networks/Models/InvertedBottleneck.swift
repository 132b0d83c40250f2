import Kernels

/// A block of EfficientNet and EfficientNetV2: expansion by a 1x1 convolution, depthwise convolution, squeeze and
/// excitation, projection; `isFused` has one 3x3 convolution in place of the first two.
struct InvertedBottleneck {
  /// Before the names of all its layers.
  let name: String
  let kernel: Int
  let strides: Int
  let expansion: Int
  let filters: Int
  /// To which part of the block's input channels is squeezed; nil for neither.
  let excitation: Double?
  /// Rate at which whole branches are dropped.
  let dropout: Double
  /// Of batch normalisation.
  let momentum: Double
  var epsilon = 1e-3
  let depthwiseName: String
  let padding: StridePadding
  var isFused = false

  /// Where a convolution of stride 2 has its zeros.
  enum StridePadding {
    /// The odd one at the end, added by the convolution or by a layer of its own: Keras's ways.
    case same, layer
    /// As many on either side: PyTorch's.
    case symmetric
  }

  static let denseInitializer = Initializer.varianceScaling(scale: 1.0 / 3, mode: .output, distribution: .uniform)
  private static let initializer = Initializer.varianceScaling(scale: 2, mode: .output, distribution: .truncatedNormal)

  /// a, b, c, ... for the blocks of a stage.
  static func letter(_ number: Int) -> Character { Character(Unicode.Scalar(97 + UInt8(number))) }

  static func convolution(
    _ filters: Int, kernel: Int, strides: Int = 1, padding: Padding = .same, _ name: String, _ x: Symbol
  ) -> Symbol {
    Conv2D(
      filters, kernel: kernel, strides: strides, padding: padding, usesBias: false, kernelInitializer: initializer)(
        x, name: name)
  }

  /// - Parameter channels: of the input.
  func callAsFunction(_ input: Symbol, channels: Int) -> Symbol {
    var x = input
    let wide = channels * expansion
    if expansion > 1 {
      x = InvertedBottleneck.convolution(
        wide, kernel: isFused ? kernel : 1, strides: isFused ? strides : 1, "\(name)expand_conv", x)
      x = activated(normalized(x, "expand_bn"), "expand_activation")
    }
    if !isFused { x = depthwise(x) }
    if let excitation { x = excited(x, wide, squeezed: max(1, Int(Double(channels) * excitation))) }
    let isWhole = isFused && expansion == 1
    x = InvertedBottleneck.convolution(
      filters, kernel: isWhole ? kernel : 1, strides: isWhole ? strides : 1, "\(name)project_conv", x)
    x = normalized(x, "project_bn")
    if isWhole { x = activated(x, "project_activation") }
    guard strides == 1, channels == filters else { return x }
    if dropout > 0 { x = Dropout(dropout, noiseShape: [1, 1, 1])(x, name: "\(name)drop") }
    return Add()(x, input, name: "\(name)add")
  }

  /// What a convolution reads, and the padding that it adds itself.
  static func padded(
    _ padding: StridePadding, kernel: Int, strides: Int, name: String, _ x: Symbol
  ) -> (value: Symbol, padding: Padding) {
    guard strides > 1 else { return (x, .same) }
    switch padding {
    case .same: return (x, .same)
    case .layer: return (Models.correctlyPadded(kernel: kernel, x, name: name), .valid)
    case .symmetric: return (ZeroPadding2D(kernel / 2)(x, name: name), .valid)
    }
  }

  private func depthwise(_ x: Symbol) -> Symbol {
    let source = InvertedBottleneck.padded(
      padding, kernel: kernel, strides: strides, name: "\(name)dwconv_pad", x)
    let y = DepthwiseConv2D(
      kernel: [kernel, kernel], strides: [strides, strides], padding: source.padding, usesBias: false,
      kernelInitializer: InvertedBottleneck.initializer)(source.value, name: "\(name)\(depthwiseName)")
    return activated(normalized(y, "bn"), "activation")
  }

  private func excited(_ x: Symbol, _ wide: Int, squeezed: Int) -> Symbol {
    var weights = GlobalAveragePooling2D()(x, name: "\(name)se_squeeze")
    weights = Reshape([1, 1, wide])(weights, name: "\(name)se_reshape")
    for (filters, activation, part) in [(squeezed, ActivationFunction.silu, "reduce"), (wide, .sigmoid, "expand")] {
      weights = Conv2D(
        filters, kernel: 1, padding: .same, activation: activation, kernelInitializer: InvertedBottleneck.initializer)(
          weights, name: "\(name)se_\(part)")
    }
    return Multiply()(x, weights, name: "\(name)se_excite")
  }

  private func normalized(_ x: Symbol, _ part: String) -> Symbol {
    BatchNormalization(axis: 3, momentum: momentum, epsilon: epsilon)(x, name: "\(name)\(part)")
  }

  private func activated(_ x: Symbol, _ part: String) -> Symbol { Activation(.silu)(x, name: "\(name)\(part)") }
}
