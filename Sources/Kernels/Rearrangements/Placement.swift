internal import CKernels
public import Tensors

/// A part of each image, or its mirror image, at a place of its own: random crops and flips.
///
/// y[i, j] = x[firstRow + rowStep * i, firstColumn + columnStep * j], with whole numbers in floats, one for each lane.
public struct Placement: Sendable {
  public let firstRow: Buffer, rowStep: Buffer, firstColumn: Buffer, columnStep: Buffer

  /// - Parameter storage: four floats for each lane.
  public init(_ storage: Buffer) {
    let lanes = storage.count / 4
    precondition(storage.count == 4 * lanes)
    firstRow = storage[0..<lanes]
    rowStep = storage[lanes..<2 * lanes]
    firstColumn = storage[2 * lanes..<3 * lanes]
    columnStep = storage[3 * lanes..<4 * lanes]
  }

  /// Writes y. `output` may not be `input`.
  public func apply(_ input: Tensor, into output: Tensor) {
    var cells = cells(input, output)
    unsafe ck_place(
      input.pointer, input.layout.strides, output.pointer, output.layout.strides, &cells, kernel, input.lanes)
  }

  /// Writes dx: dy where it came from, else 0.
  public func differentiate(gradient: Tensor, into inputGradient: Tensor) {
    var cells = cells(inputGradient, gradient)
    Elementwise.clear(inputGradient)
    unsafe ck_place_backward(
      gradient.pointer, gradient.layout.strides, inputGradient.pointer, inputGradient.layout.strides, &cells, kernel,
      gradient.lanes)
  }

  private var kernel: ck_placement {
    unsafe ck_placement(
      first_row: firstRow.pointer, row_step: rowStep.pointer, first_column: firstColumn.pointer,
      column_step: columnStep.pointer)
  }

  private func cells(_ large: Tensor, _ small: Tensor) -> ck_cells {
    precondition(large.shape.rank == 3 && small.shape.rank == 3 && large.shape.channels == small.shape.channels)
    precondition(large.lanes == small.lanes && firstRow.count == large.lanes)
    for lane in 0..<large.lanes {
      precondition(Placement.fits(firstRow[lane], rowStep[lane], small.layout.height, large.layout.height))
      precondition(Placement.fits(firstColumn[lane], columnStep[lane], small.layout.width, large.layout.width))
    }
    return small.cells
  }

  private static func fits(_ first: Float, _ step: Float, _ count: Int, _ size: Int) -> Bool {
    let last = first + step * Float(count - 1)
    return abs(step) == 1 && min(first, last) >= 0 && max(first, last) < Float(size)
  }
}
