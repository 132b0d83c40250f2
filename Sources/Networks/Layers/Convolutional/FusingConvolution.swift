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
    guard activation == .linear, self.maximum == nil, let maximum = ActivationFunction.rectifierMaximum(of: next),
      maximum > 0
    else { return nil }
    var copy = self
    copy.maximum = maximum
    return copy
  }

  func absorbing(_ margins: Margins, isRectified: Bool) -> Self? {
    guard window.padding == .valid, self.margins == nil else { return nil }
    var copy = self
    copy.margins = margins
    return copy
  }
}
