internal import CKernels
public import Tensors

/// A function of one activation, or of all channels of a position (softmax, log_softmax, sparsemax, glu).
///
/// Backward needs the output only, so that forward may work in place, but for functions with `needsInput`. Largest
/// errors measured over all magnitudes, in units in the last place: tanh 1.4, sigmoid 2.5, the exponential in softmax
/// 1.1.
public enum ActivationFunction: Hashable, Sendable {
  /// y = x
  case linear
  /// y = max(0, x); NaN stays NaN.
  case relu
  /// y = tanh x
  case tanh
  /// y = 1 / (1 + e^-x)
  case sigmoid
  /// y_c = e^x_c / sum over channels k of e^x_k
  case softmax
  /// y_c = x_c - log(sum over channels k of e^x_k)
  case logSoftmax
  /// min(max(0, x), 6)
  case relu6
  /// x, 0.2 x where x < 0
  case leakyReLU
  /// x, e^x - 1 where x < 0
  case elu
  /// The same as `elu`, whose alpha is 1.
  case celu
  case selu, gelu, silu, softplus, softsign, exponential, mish
  case hardSilu
  /// clip(x / 6 + 1/2, 0, 1): what Keras 3 means by 'hard_sigmoid'.
  case hardSigmoid
  /// clip(0.2 x + 1/2, 0, 1): what Keras 1 and 2 mean by 'hard_sigmoid'.
  case hardSigmoidKeras2
  case logSigmoid
  /// clip(x, -1, 1)
  case hardTanh
  case tanhShrink
  /// With a threshold of 0.5, as `hardShrink`.
  case softShrink
  case hardShrink
  case squareplus
  case sparsePlus
  /// clip((x + 1) / 2, 0, 1)
  case sparseSigmoid
  /// max(x - t, 0) with t = (s_1 + ... + s_n - 1) / n, where s_k is the sum of the k largest channels and n the size of
  /// the support of sparsemax (Martins and Astudillo, 2016): Keras's formula. Theirs has (s_n - 1) / n, and outputs
  /// that sum to 1.
  case sparsemax
  /// a sigmoid(b), with a the first and b the second half of the channels (Dauphin et al., 2017).
  case glu
  /// A function with parameters, which Keras writes as a layer.
  case function(PointwiseFunction)

  /// The function of one element that it is; nil for those with a kernel of their own.
  package var pointwise: PointwiseFunction? {
    switch self {
    case .linear, .relu, .tanh, .sigmoid, .softmax, .logSoftmax, .sparsemax, .glu: nil
    case .relu6: .clip(slope: 1, offset: 0, low: 0, high: 6)
    case .leakyReLU: .leakyReLU(slope: 0.2)
    case .elu, .celu: .elu(alpha: 1)
    case .selu: .selu
    case .gelu: .gelu
    case .silu: .silu
    case .softplus: .softplus
    case .softsign: .softsign
    case .exponential: .exponential
    case .mish: .mish
    case .hardSilu: .hardSilu
    case .hardSigmoid: .clip(slope: 1.0 / 6, offset: 0.5, low: 0, high: 1)
    case .hardSigmoidKeras2: .clip(slope: 0.2, offset: 0.5, low: 0, high: 1)
    case .logSigmoid: .logSigmoid
    case .hardTanh: .clip(slope: 1, offset: 0, low: -1, high: 1)
    case .tanhShrink: .tanhShrink
    case .softShrink: .softShrink(threshold: 0.5)
    case .hardShrink: .hardShrink(threshold: 0.5)
    case .squareplus: .squareplus
    case .sparsePlus: .sparsePlus
    case .sparseSigmoid: .clip(slope: 0.5, offset: 0.5, low: 0, high: 1)
    case .function(let function): function
    }
  }

  /// Whether backward needs the input; the others need the output.
  public var needsInput: Bool { pointwise?.needsInput ?? (self == .glu || self == .sparsemax) }

  /// Whether a run of elements may go on in the next channel.
  /// Whether every element of the result follows from one element.
  public var isElementwise: Bool { joinsChannels && self != .glu }

  private var joinsChannels: Bool { self != .softmax && self != .logSoftmax && self != .sparsemax }

  /// Writes y. `output` may be `input`.
  public func apply(_ input: Tensor, into output: Tensor) {
    if let pointwise { return pointwise.apply(input, into: output) }
    if self == .glu { return Gate.apply(input, into: output) }
    let (from, to) = (input.layout, output.layout)
    let runs = from.runs(to, joiningChannels: joinsChannels)
    switch self {
    case .relu:
      unsafe ck_relu(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .tanh:
      unsafe ck_tanh(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .sigmoid:
      unsafe ck_sigmoid(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .softmax:
      unsafe ck_softmax(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .logSoftmax:
      unsafe ck_log_softmax(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .sparsemax:
      unsafe ck_sparsemax(input.pointer, from.strides, output.pointer, to.strides, runs)
    default:
      Elementwise.copy(input, into: output)
    }
  }

  /// Writes dx from y and dy, for functions that do not need the input: linear dy; relu dy where y > 0; tanh dy (1 -
  /// y^2); sigmoid dy y (1 - y); softmax y (dy - sum over channels of y dy); log_softmax dy - e^y sum over channels of
  /// dy `inputGradient` may be `gradient`. Dead lanes stay zero.
  public func differentiate(output: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    precondition(!needsInput, "the derivative of \(self) does not follow from its output")
    if let pointwise { return pointwise.differentiate(at: output, gradient: gradient, into: inputGradient) }
    let (values, from, to) = (output.layout, gradient.layout, inputGradient.layout)
    let runs = values.runs(from, to, joiningChannels: joinsChannels)
    switch self {
    case .relu:
      unsafe ck_relu_backward(
        output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs)
    case .tanh:
      unsafe ck_tanh_backward(
        output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs)
    case .sigmoid:
      unsafe ck_sigmoid_backward(
        output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs)
    case .softmax:
      unsafe ck_softmax_backward(
        output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs)
    case .logSoftmax:
      unsafe ck_log_softmax_backward(
        output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides, runs)
    default:
      Elementwise.copy(gradient, into: inputGradient)
    }
  }

  /// Writes dx = dy f'(x) from x and dy, for functions that need the input. `inputGradient` may be `gradient`. Dead
  /// lanes stay zero.
  public func differentiate(input: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    if self == .sparsemax {
      let (points, from, to) = (input.layout, gradient.layout, inputGradient.layout)
      return unsafe ck_sparsemax_backward(
        input.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides,
        points.runs(from, to))
    }
    if self == .glu { return Gate.differentiate(input: input, gradient: gradient, into: inputGradient) }
    guard let pointwise, needsInput else { preconditionFailure("\(self) is differentiated from its output") }
    pointwise.differentiate(at: input, gradient: gradient, into: inputGradient)
  }
}
