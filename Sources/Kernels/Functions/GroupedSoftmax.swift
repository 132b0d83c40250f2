internal import CKernels
public import Tensors

/// Softmax over groups of elements: y = e^x / sum over the group of e^x.
public enum GroupedSoftmax {
  /// Writes y. `output` may be `input`.
  public static func apply(_ input: Tensor, grouping: Grouping, into output: Tensor) {
    precondition(input.shape == grouping.shape && output.shape == grouping.shape && input.lanes == output.lanes)
    var groups = grouping.kernel
    unsafe ck_softmax_groups(&groups, input.pointer, input.steps, output.pointer, output.steps, input.lanes)
  }

  /// Writes dx = y (dy - sum over the group of y dy). `inputGradient` may be `gradient`. Dead lanes stay zero.
  public static func differentiate(output: Tensor, gradient: Tensor, grouping: Grouping, into inputGradient: Tensor) {
    precondition(output.shape == grouping.shape && gradient.shape == grouping.shape)
    precondition(inputGradient.shape == grouping.shape && output.lanes == inputGradient.lanes)
    var groups = grouping.kernel
    unsafe ck_softmax_groups_backward(
      &groups, output.pointer, output.steps, gradient.pointer, gradient.steps, inputGradient.pointer,
      inputGradient.steps, output.lanes)
  }
}
