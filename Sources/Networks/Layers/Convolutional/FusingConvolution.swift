import Kernels
import Tensors

/// A convolution that takes over what its neighbours do: zero padding in front, a batch norm or an activation behind.
protocol FusingConvolution: ActivationEnding, PaddingAbsorbing, ConvolutionLayer, NormalizationFolding {
  var window: ConvolutionWindow { get }
  var usesBias: Bool { get set }
  var activation: ActivationFunction { get set }
  /// Cells of zeros around the image that a `ZeroPadding` in front would have added.
  var margins: Margins? { get set }
  /// Makes the output min(max(0, y), maximum), infinity standing for none.
  var maximum: Float? { get set }
  /// Makes the output y / (1 + e^-y), at inference.
  var isSilu: Bool { get set }

  /// As `absorbing`, for what only inference joins.
  func absorbing(atInference next: any Layer, inputs: [Shape]) -> (any Layer)?
}

extension FusingConvolution {
  var biased: Self {
    var copy = self
    copy.usesBias = true
    return copy
  }

  var linear: Self {
    var copy = self
    copy.activation = .linear
    return copy
  }

  public func absorbing(_ next: any Layer, inputs: [Shape]) -> (any Layer)? {
    absorbing(rectifier: next)
  }

  func absorbing(rectifier next: any Layer) -> (any Layer)? {
    guard activation == .linear, self.maximum == nil, !isSilu,
      let maximum = ActivationFunction.rectifierMaximum(of: next), maximum > 0
    else { return nil }
    var copy = self
    copy.maximum = maximum
    return copy
  }

  /// The same layer with an activation behind it that only inference computes in registers; nil for other layers.
  ///
  /// - Parameter convolution: what the layer computes.
  func absorbing(silu next: any Layer, _ convolution: Convolution) -> Self? {
    guard let next = next as? Activation, next.activation == .silu, activation == .linear, maximum == nil, !isSilu,
      convolution.endsInRegisters
    else { return nil }
    var copy = self
    copy.isSilu = true
    return copy
  }

  var ending: ConvolutionEnding {
    isSilu ? .silu : maximum.map { .rectifier(maximum: $0) } ?? .none
  }

  func absorbing(_ margins: Margins, isRectified: Bool) -> Self? {
    guard window.padding == .valid, self.margins == nil else { return nil }
    var copy = self
    copy.margins = margins
    return copy
  }
}
