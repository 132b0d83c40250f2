internal import CKernels
public import Tensors

/// y = x where x >= 0, alpha * x elsewhere, with slopes that are learned (He et al., "Delving deep into rectifiers",
/// 2015).
///
/// The slopes have a shape of as many axes as the input, of its sizes or 1, where an axis shares its slopes.
public enum ParametricRectifier {
  /// Writes y. `output` may be `input`.
  ///
  /// - Parameter alpha: in Keras's order.
  public static func apply(_ input: Tensor, alpha: Buffer, of slopes: Shape, into output: Tensor) {
    check(input, alpha, slopes)
    precondition(input.layout.hasSameExtent(as: output.layout))
    var (all, shared) = (cells(input.shape), cells(slopes))
    unsafe ck_prelu(
      input.pointer, input.layout.strides, output.pointer, output.layout.strides, &all, alpha.pointer, &shared,
      input.lanes)
  }

  /// Writes dx = dy where x >= 0, alpha * dy elsewhere. `inputGradient` may be `gradient`. Dead lanes stay zero.
  public static func differentiateInput(
    _ input: Tensor, gradient: Tensor, alpha: Buffer, of slopes: Shape, into inputGradient: Tensor
  ) {
    check(input, alpha, slopes)
    precondition(input.layout.hasSameExtent(as: gradient.layout))
    precondition(input.layout.hasSameExtent(as: inputGradient.layout))
    var (all, shared) = (cells(input.shape), cells(slopes))
    unsafe ck_prelu_backward(
      input.pointer, input.layout.strides, gradient.pointer, gradient.layout.strides, inputGradient.pointer,
      inputGradient.layout.strides, &all, alpha.pointer, &shared, input.lanes)
  }

  /// Overwrites `alphaGradient` by the sums of dy * min(x, 0) over live images and over what shares a slope.
  public static func differentiateAlpha(
    _ input: Tensor, gradient: Tensor, live: Int, into alphaGradient: Buffer, of slopes: Shape
  ) {
    check(input, alphaGradient, slopes)
    precondition(input.layout.hasSameExtent(as: gradient.layout) && live >= 0 && live <= input.lanes)
    var (all, shared) = (cells(input.shape), cells(slopes))
    unsafe ck_prelu_alpha_gradient(
      input.pointer, input.layout.strides, gradient.pointer, gradient.layout.strides, &all, alphaGradient.pointer,
      &shared, input.lanes, live)
  }

  private static func cells(_ shape: Shape) -> ck_cells {
    ck_cells(channels: shape.channels, slices: shape.depth, rows: shape.height, width: shape.width)
  }

  private static func check(_ input: Tensor, _ alpha: Buffer, _ slopes: Shape) {
    precondition(
      alpha.count == slopes.count && slopes.rank == input.shape.rank
        && zip(slopes.dimensions, input.shape.dimensions).allSatisfy { $0 == 1 || $0 == $1 },
      "slopes of shape \(slopes) for \(input.shape)")
  }
}
