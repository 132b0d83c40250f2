internal import CKernels
public import Tensors

/// Copies that reorder axes or enlarge images.
public enum Rearrangement {
  /// Axis i of the output is axis `order[i]` of the input, counted from 0; with `inverted` the other way round, which is
  /// the backward direction.
  public static func permute(_ input: Tensor, order: [Int], inverted: Bool = false, into output: Tensor) {
    let (from, to) = inverted ? (output, input) : (input, output)
    let missing = 4 - order.count
    precondition(from.shape.rank == order.count && to.shape.rank == order.count)
    // The axes in Keras's order, those that are missing in front.
    func stride(_ axis: Int) -> Int {
      let source = axis < missing ? axis : missing + order[axis - missing]
      return switch source {
      case 0: from.layout.sliceStride
      case 1: from.layout.rowStride
      case 2: from.lanes
      default: from.layout.channelStride
      }
    }
    for (axis, source) in order.enumerated() {
      precondition(to.shape.dimensions[axis] == from.shape.dimensions[source])
    }
    let steps = ck_steps(channel: stride(3), slice: stride(0), row: stride(1), column: stride(2))
    copy(input, inverted ? to.steps : steps, output, inverted ? steps : to.steps, to.cells)
  }

  /// Repeats every row and every column: output (H * rows, W * columns, C).
  public static func enlarge(_ input: Tensor, rows: Int, columns: Int, into output: Tensor) {
    check(input, output, rows, columns)
    for part in 0..<rows * columns {
      let (offset, steps) = places(output, rows, columns, part)
      copy(input, input.steps, output, steps, input.cells, outputOffset: offset)
    }
  }

  /// Sums of the gradients of what was repeated, row by row.
  public static func differentiateEnlarging(gradient: Tensor, rows: Int, columns: Int, into inputGradient: Tensor) {
    check(inputGradient, gradient, rows, columns)
    var cells = inputGradient.cells
    for part in 0..<rows * columns {
      let (offset, steps) = places(gradient, rows, columns, part)
      unsafe ck_combine(
        part == 0 ? CK_LEFT : CK_SUM, gradient.pointer + offset, steps, inputGradient.pointer, inputGradient.steps,
        inputGradient.pointer, inputGradient.steps, &cells, gradient.lanes, 1)
    }
  }

  /// Every `rows`-th row and `columns`-th column, from the `part`-th place on.
  private static func places(_ tensor: Tensor, _ rows: Int, _ columns: Int, _ part: Int) -> (Int, ck_steps) {
    var steps = tensor.steps
    let offset = part / columns * steps.row + part % columns * steps.column
    steps.row *= rows
    steps.column *= columns
    return (offset, steps)
  }

  private static func copy(
    _ input: Tensor, _ inputSteps: ck_steps, _ output: Tensor, _ outputSteps: ck_steps, _ cells: ck_cells,
    outputOffset: Int = 0
  ) {
    precondition(input.lanes == output.lanes)
    var cells = cells
    unsafe ck_combine(
      CK_LEFT, input.pointer, inputSteps, input.pointer, inputSteps, output.pointer + outputOffset, outputSteps, &cells,
      input.lanes, 1)
  }

  private static func check(_ small: Tensor, _ large: Tensor, _ rows: Int, _ columns: Int) {
    let (from, to) = (small.layout, large.layout)
    precondition(
      to.height == from.height * rows && to.width == from.width * columns && to.channels == from.channels
        && to.depth == from.depth && to.lanes == from.lanes, "\(small.shape) enlarged to \(large.shape)")
  }
}
