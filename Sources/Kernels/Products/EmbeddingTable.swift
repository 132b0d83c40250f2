internal import CKernels
public import Tensors

/// Rows of a table by their numbers: inputs of any shape of up to three axes, whose elements are indices, become
/// outputs with one axis more.
public enum EmbeddingTable {
  /// y = table[index]; NaN where an index of a live lane is not in the table. Fractions are cut off.
  ///
  /// - Parameter table: (rows, width), row-major.
  public static func apply(_ indices: Tensor, table: Buffer, live: Int, into output: Tensor) {
    let rows = check(indices, output, table, live)
    var cells = output.cells
    unsafe ck_embed(
      indices.pointer, steps(indices), table.pointer, rows, output.pointer, output.steps, &cells, indices.lanes, live)
  }

  /// Overwrites the gradient of the table by the sums of dy over the live elements with each index.
  public static func differentiate(_ indices: Tensor, gradient: Tensor, live: Int, into tableGradient: Buffer) {
    let rows = check(indices, gradient, tableGradient, live)
    var cells = gradient.cells
    unsafe ck_embed_backward(
      indices.pointer, steps(indices), tableGradient.pointer, rows, gradient.pointer, gradient.steps, &cells, live)
  }

  /// The steps of the indices along the axes that they have in the output: their channels are its width, and so on.
  private static func steps(_ indices: Tensor) -> ck_steps {
    let layout = indices.layout
    return ck_steps(channel: 0, slice: layout.rowStride, row: layout.lanes, column: layout.channelStride)
  }

  private static func check(_ indices: Tensor, _ output: Tensor, _ table: Buffer, _ live: Int) -> Int {
    precondition(output.shape.dimensions.dropLast() == indices.shape.dimensions[...], "an axis more")
    precondition(indices.lanes == output.lanes && live >= 0 && live <= indices.lanes)
    let width = output.shape.channels
    precondition(width > 0 && table.count % width == 0)
    return table.count / width
  }
}
