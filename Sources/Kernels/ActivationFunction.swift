internal import CKernels
public import Tensors

/// A function of one activation, or of all channels of a position (softmax), by its Keras name.
///
/// Backward needs the output only, so forward may work in place. Largest errors measured over all magnitudes, in units
/// in the last place: tanh 1.4, sigmoid 2.5, the exponential in softmax 1.1.
public enum ActivationFunction: String, CaseIterable, Hashable, Sendable {
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

  /// Writes y. `output` may be `input`.
  public func apply(_ input: Tensor, into output: Tensor) {
    let (from, to) = (input.layout, output.layout)
    let runs = from.runs(to, joiningChannels: self != .softmax)
    switch self {
    case .linear:
      Elementwise.copy(input, into: output)
    case .relu:
      unsafe ck_relu(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .tanh:
      unsafe ck_tanh(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .sigmoid:
      unsafe ck_sigmoid(input.pointer, from.strides, output.pointer, to.strides, runs)
    case .softmax:
      unsafe ck_softmax(input.pointer, from.strides, output.pointer, to.strides, runs)
    }
  }

  /// Writes dx from y and dy: linear dy; relu dy where y > 0; tanh dy (1 - y^2); sigmoid dy y (1 - y); softmax y (dy -
  /// sum over channels of y dy). `inputGradient` may be `gradient`. Dead lanes stay zero.
  public func differentiate(output: Tensor, gradient: Tensor, into inputGradient: Tensor) {
    let (values, from, to) = (output.layout, gradient.layout, inputGradient.layout)
    let runs = values.runs(from, to, joiningChannels: self != .softmax)
    switch self {
    case .linear:
      Elementwise.copy(gradient, into: inputGradient)
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
    }
  }
}
