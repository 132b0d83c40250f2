internal import CKernels
public import Tensors

/// Functions of one element that no activation is. Outside of their domain they are infinite or NaN, as in Keras.
public enum UnaryFunction: Hashable, Sendable {
  /// Natural logarithm.
  case logarithm
  case squareRoot
  /// 1 / sqrt(x)
  case inverseRoot
  case square
  case absolute
  /// 1 / x
  case reciprocal
  /// x to this power.
  case power(Float)

  /// Writes y; lanes from `live` on become zero. `output` may be `input` where backward does not need x.
  public func apply(_ input: Tensor, live: Int, into output: Tensor) {
    let (from, to) = (input.layout, output.layout)
    let (function, parameter) = kernel
    unsafe ck_unary(
      function, parameter, input.pointer, from.strides, output.pointer, to.strides,
      from.runs(to, joiningChannels: true),
      input.lanes, live)
  }

  /// Writes dx = dy f'(x). `inputGradient` may be `gradient`. Dead lanes stay zero.
  public func differentiate(input: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    let (points, from, to) = (input.layout, gradient.layout, inputGradient.layout)
    let (function, parameter) = kernel
    unsafe ck_unary_backward(
      function, parameter, input.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer,
      to.strides,
      points.runs(from, to, joiningChannels: true))
  }

  private var kernel: (ck_unary_function, Float) {
    switch self {
    case .logarithm: (CK_LOGARITHM, 0)
    case .squareRoot: (CK_SQUARE_ROOT, 0)
    case .inverseRoot: (CK_INVERSE_ROOT, 0)
    case .square: (CK_SQUARE, 0)
    case .absolute: (CK_ABSOLUTE, 0)
    case .reciprocal: (CK_RECIPROCAL, 0)
    case .power(let exponent): (CK_POWER, exponent)
    }
  }
}
