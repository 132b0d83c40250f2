internal import CKernels
public import Tensors

/// Moves elements between shapes.
public enum Reshaping {
  /// Copies the elements in Keras's order (row-major, channels last) to another shape with as many elements: Flatten,
  /// Reshape and, with the gradients, their backward directions.
  public static func reshape(_ input: Tensor, into output: Tensor) {
    precondition(
      input.lanes == output.lanes && elements(input.layout) == elements(output.layout),
      "\(input.shape) cannot be reshaped to \(output.shape)")
    if input.layout.hasSameExtent(as: output.layout) { return Elementwise.copy(input, into: output) }
    var (from, to) = (grid(input.layout), grid(output.layout))
    unsafe ck_reshape(input.pointer, &from, output.pointer, &to, input.lanes)
  }

  /// Copies the input into the output, which is larger, `depth`, `height`, `width` cells from its start, and sets the
  /// other elements to zero: ZeroPadding.
  public static func pad(_ input: Tensor, depth: Int = 0, height: Int = 0, width: Int = 0, into output: Tensor) {
    Elementwise.clear(output)
    place(input, depth: depth, height: height, width: width, into: output)
  }

  /// The same, but leaves the other elements as they are: one part of a concatenation.
  public static func place(_ input: Tensor, depth: Int = 0, height: Int = 0, width: Int = 0, into output: Tensor) {
    let offset = start(of: input.layout, inside: output.layout, depth: depth, height: height, width: width)
    unsafe Elementwise.copy(
      input.pointer, input.layout.strides, output.pointer + offset, output.layout.strides,
      input.layout.runs(joinedAxes: 0))
  }

  /// Copies the part of the input that begins `depth`, `height`, `width` cells from its start and is as large as the
  /// output: Cropping, and the backward direction of `pad`.
  public static func crop(_ input: Tensor, depth: Int = 0, height: Int = 0, width: Int = 0, into output: Tensor) {
    let offset = start(of: output.layout, inside: input.layout, depth: depth, height: height, width: width)
    unsafe Elementwise.copy(
      input.pointer + offset, input.layout.strides, output.pointer, output.layout.strides,
      output.layout.runs(joinedAxes: 0))
  }

  private static func elements(_ layout: Layout) -> Int {
    layout.channels * layout.depth * layout.height * layout.width
  }

  private static func grid(_ layout: Layout) -> ck_grid {
    ck_grid(
      slices: layout.depth, rows: layout.height, width: layout.width, channels: layout.channels, strides: layout.strides
    )
  }

  private static func start(of part: Layout, inside whole: Layout, depth: Int, height: Int, width: Int) -> Int {
    precondition(part.channels == whole.channels && part.lanes == whole.lanes)
    precondition(
      depth >= 0 && height >= 0 && width >= 0 && depth + part.depth <= whole.depth
        && height + part.height <= whole.height
        && width + part.width <= whole.width, "the smaller tensor does not lie inside the larger one")
    return depth * whole.sliceStride + height * whole.rowStride + width * whole.lanes
  }
}
