internal import CKernels
public import Tensors

/// A function of one element, as `ActivationFunction` and the layers with parameters use them.
///
/// Largest errors are 3 units in the last place, of 1 where the value crosses zero or a part of it cancels, but 8 in
/// the derivative of silu; function by function in `PointwiseFunctionTests`.
/// NaN stays NaN.
public enum PointwiseFunction: Hashable, Sendable {
  /// x, slope * x where x < 0; the slope must not be negative.
  case leakyReLU(slope: Float)
  /// x, 0 where x <= threshold; the threshold must not be negative.
  case thresholdedReLU(threshold: Float)
  /// x, alpha (e^x - 1) where x < 0 (Clevert, Unterthiner and Hochreiter, 2016); alpha must not be negative.
  case elu(alpha: Float)
  /// 1.0507009873554805 elu(x) with alpha = 1.6732632423543772 (Klambauer et al., 2017)
  case selu
  /// x P(x), with P the distribution function of the normal distribution (Hendrycks and Gimpel, 2016)
  case gelu
  /// x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2: gelu's approximation by its authors
  case geluTanh
  /// x / (1 + e^-x)
  case silu
  /// log(1 + e^x)
  case softplus
  /// x / (1 + |x|)
  case softsign
  /// e^x
  case exponential
  /// x tanh(log(1 + e^x)) (Misra, 2019)
  case mish
  /// x clip(x / 6 + 1/2, 0, 1)
  case hardSilu
  /// -log(1 + e^-x)
  case logSigmoid
  /// x - tanh x
  case tanhShrink
  /// x moved towards zero by `threshold`, 0 where |x| is less.
  case softShrink(threshold: Float)
  /// x, 0 where |x| <= threshold
  case hardShrink(threshold: Float)
  /// (x + sqrt(x^2 + 4)) / 2
  case squareplus
  /// 0, (x + 1)^2 / 4, x where x <= -1, between, x >= 1
  case sparsePlus
  /// clip(slope x + offset, low, high); the slope must be positive.
  case clip(slope: Float, offset: Float, low: Float, high: Float)
  /// maximum where x >= maximum, x where x >= threshold, else slope (x - threshold)
  case rectifier(slope: Float, threshold: Float, maximum: Float)

  /// Whether the derivative is a function of x; of the others it is one of y.
  public var needsInput: Bool {
    switch self {
    case .gelu, .geluTanh, .silu, .mish, .hardSilu, .tanhShrink, .rectifier: true
    default: false
    }
  }

  /// Writes y. `output` may be `input`.
  public func apply(_ input: Tensor, into output: Tensor) {
    let (from, to) = (input.layout, output.layout)
    let runs = from.runs(to, joiningChannels: true)
    if case .clip(let slope, let offset, let low, let high) = self {
      return unsafe ck_clip(input.pointer, from.strides, output.pointer, to.strides, runs, slope, offset, low, high)
    }
    if case .rectifier(let slope, let threshold, let maximum) = self {
      return unsafe ck_rectify(
        input.pointer, from.strides, output.pointer, to.strides, runs, slope, threshold, maximum)
    }
    let (function, parameter) = kernel
    unsafe ck_pointwise(function, parameter, input.pointer, from.strides, output.pointer, to.strides, runs)
  }

  /// Writes dx = dy f'(x). `inputGradient` may be `gradient`. Dead lanes stay zero.
  ///
  /// - Parameter values: x if the function `needsInput`, else y.
  public func differentiate(at values: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    let (points, from, to) = (values.layout, gradient.layout, inputGradient.layout)
    let runs = points.runs(from, to, joiningChannels: true)
    if case .clip(let slope, _, let low, let high) = self {
      return unsafe ck_clip_backward(
        values.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs, slope,
        low, high)
    }
    if case .rectifier(let slope, let threshold, let maximum) = self {
      return unsafe ck_rectify_backward(
        values.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs, slope,
        threshold, maximum)
    }
    let (function, parameter) = kernel
    unsafe ck_pointwise_backward(
      function, parameter, values.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer,
      to.strides, runs)
  }

  private var kernel: (ck_function, Float) {
    switch self {
    case .leakyReLU(let slope):
      precondition(slope >= 0, "with a slope of \(slope) the output does not tell the sign of the input")
      return (CK_LEAKY_RELU, slope)
    case .thresholdedReLU(let threshold):
      precondition(threshold >= 0, "with a threshold of \(threshold) zero does not tell what was cut off")
      return (CK_THRESHOLDED_RELU, threshold)
    case .elu(let alpha):
      precondition(alpha >= 0, "with an alpha of \(alpha) the output does not tell the sign of the input")
      return (CK_ELU, alpha)
    case .selu: return (CK_SELU, 0)
    case .gelu: return (CK_GELU, 0)
    case .geluTanh: return (CK_GELU_TANH, 0)
    case .silu: return (CK_SILU, 0)
    case .softplus: return (CK_SOFTPLUS, 0)
    case .softsign: return (CK_SOFTSIGN, 0)
    case .exponential: return (CK_EXPONENTIAL, 0)
    case .mish: return (CK_MISH, 0)
    case .hardSilu: return (CK_HARD_SILU, 0)
    case .logSigmoid: return (CK_LOG_SIGMOID, 0)
    case .tanhShrink: return (CK_TANH_SHRINK, 0)
    case .softShrink(let threshold): return (CK_SOFT_SHRINK, threshold)
    case .hardShrink(let threshold): return (CK_HARD_SHRINK, threshold)
    case .squareplus: return (CK_SQUAREPLUS, 0)
    case .sparsePlus: return (CK_SPARSE_PLUS, 0)
    case .clip, .rectifier: preconditionFailure("they have kernels of their own")
    }
  }
}
