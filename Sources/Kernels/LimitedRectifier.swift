internal import CKernels
public import Tensors

/// y = min(max(0, x), maximum), such as ReLU6 (Howard et al., "MobileNets", 2017). NaN stays NaN.
public enum LimitedRectifier {
  /// Writes y. `output` may be `input`.
  public static func apply(_ input: Tensor, maximum: Float, into output: Tensor) {
    let (from, to) = (input.layout, output.layout)
    unsafe ck_relu_limited(
      input.pointer, from.strides, output.pointer, to.strides, from.runs(to, joiningChannels: true), maximum)
  }

  /// Writes dx = dy where 0 < y < maximum. `inputGradient` may be `gradient`. Dead lanes stay zero.
  public static func differentiate(output: Tensor, gradient: Tensor, maximum: Float, into inputGradient: Tensor) {
    let (values, from, to) = (output.layout, gradient.layout, inputGradient.layout)
    unsafe ck_relu_limited_backward(
      output.pointer, values.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides,
      values.runs(from, to, joiningChannels: true), maximum)
  }
}
