internal import CKernels
public import Tensors

/// Copies that reorder axes or repeat cells.
public enum Rearrangement {
  /// Axis i of the output is axis `order[i]` of the input, counted from 0; with `inverted` the other way round, which
  /// is the backward direction.
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

  /// Repeats every cell along each axis: output (D * depth, H * height, W * width, C).
  public static func enlarge(_ input: Tensor, by factors: Axes, into output: Tensor) {
    check(input, output, factors)
    for part in 0..<factors.count {
      let (offset, steps) = places(output, factors, part)
      copy(input, input.steps, output, steps, input.cells, outputOffset: offset)
    }
  }

  /// Sums of the gradients of what was repeated, row by row.
  public static func differentiateEnlarging(gradient: Tensor, by factors: Axes, into inputGradient: Tensor) {
    check(inputGradient, gradient, factors)
    var cells = inputGradient.cells
    for part in 0..<factors.count {
      let (offset, steps) = places(gradient, factors, part)
      unsafe ck_combine(
        part == 0 ? CK_LEFT : CK_SUM, gradient.pointer + offset, steps, inputGradient.pointer, inputGradient.steps,
        inputGradient.pointer, inputGradient.steps, &cells, gradient.lanes, 1)
    }
  }

  /// Of every `factors` cells along each axis the first, shifted to the `part`-th place.
  private static func places(_ tensor: Tensor, _ factors: Axes, _ part: Int) -> (Int, ck_steps) {
    var steps = tensor.steps
    let slice = part / (factors.height * factors.width) * steps.slice
    let offset = slice + part / factors.width % factors.height * steps.row + part % factors.width * steps.column
    steps.slice *= factors.depth
    steps.row *= factors.height
    steps.column *= factors.width
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

  private static func check(_ small: Tensor, _ large: Tensor, _ factors: Axes) {
    let (from, to) = (small.layout, large.layout)
    precondition(
      to.depth == from.depth * factors.depth && to.height == from.height * factors.height
        && to.width == from.width * factors.width && to.channels == from.channels && to.lanes == from.lanes,
      "\(small.shape) enlarged to \(large.shape)")
  }
}
