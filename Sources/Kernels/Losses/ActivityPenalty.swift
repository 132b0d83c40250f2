internal import CKernels
public import Tensors

/// The cost of the size of activations: l1 * |x| + l2 * x^2, summed over a shard.
public enum ActivityPenalty {
  /// The sum over the live images, in doubles.
  public static func sum(_ input: Tensor, live: Int, l1: Double, l2: Double) -> Double {
    let layout = input.layout
    return unsafe ck_penalty(
      input.pointer, layout.strides, layout.runs(layout, joiningChannels: true), input.lanes, live, l1, l2)
  }

  /// Writes dx = dy + l1 * sign(x) + 2 * l2 * x, with sign(0) = 0. `inputGradient` may be `gradient`. Dead lanes become
  /// zero.
  public static func differentiate(
    input: Tensor, gradient: Tensor, live: Int, l1: Float, l2: Float, into inputGradient: Tensor
  ) {
    let (points, from, to) = (input.layout, gradient.layout, inputGradient.layout)
    unsafe ck_penalty_backward(
      input.pointer, points.strides, gradient.pointer, from.strides, inputGradient.pointer, to.strides,
      points.runs(from, to, joiningChannels: true), input.lanes, live, l1, l2)
  }
}
