internal import CKernels
public import Tensors

/// Operations on two tensors whose shapes are equal or differ where one of them has size 1, and copies that repeat or
/// reorder elements: what Keras's merging and shape layers are made of.
public enum Combination {
  public enum Operation: Sendable {
    case sum, difference, product, quotient
    /// The larger and the smaller of two; NaN if one of them is.
    case maximum, minimum

    var kernel: ck_operation {
      switch self {
      case .sum: CK_SUM
      case .difference: CK_DIFFERENCE
      case .product: CK_PRODUCT
      case .quotient: CK_QUOTIENT
      case .maximum: CK_LARGER
      case .minimum: CK_SMALLER
      }
    }
  }

  /// y = factor * (a operation b). `output` may be an input of its own shape.
  public static func apply(
    _ operation: Operation, _ first: Tensor, _ second: Tensor, factor: Float = 1, into output: Tensor
  ) {
    var cells = output.cells
    unsafe ck_combine(
      operation.kernel, first.pointer, first.steps(repeatedTo: output), second.pointer,
      second.steps(repeatedTo: output), output.pointer, output.steps, &cells, output.lanes, factor)
  }

  /// y = factor * x, repeated along axes of size 1. `output` may be `input`.
  public static func copy(_ input: Tensor, factor: Float = 1, into output: Tensor) {
    var cells = output.cells
    let steps = input.steps(repeatedTo: output)
    unsafe ck_combine(
      CK_LEFT, input.pointer, steps, input.pointer, steps, output.pointer, output.steps, &cells, output.lanes, factor)
  }

  /// The sum of a, or of a * b, over the axes where `output` has size 1, in doubles: the backward direction of
  /// repeating. Dead lanes of `output` are zero where those of a are.
  public static func sum(_ first: Tensor, times second: Tensor? = nil, into output: Tensor) {
    var (cells, result) = (first.cells, output.cells)
    _ = output.steps(repeatedTo: first)
    unsafe ck_sum_products(
      first.pointer, first.steps, second?.pointer, second?.steps(repeatedTo: first) ?? first.steps, &cells,
      output.pointer, output.steps, &result, output.lanes)
  }

  /// y = a where (x == z) is `equal`, else 0; all of one shape. `output` may be `values`.
  public static func route(_ values: Tensor, where x: Tensor, equals z: Tensor, _ equal: Bool, into output: Tensor) {
    var cells = output.cells
    unsafe ck_route(
      x.pointer, x.steps(repeatedTo: output), z.pointer, z.steps(repeatedTo: output), values.pointer,
      values.steps(repeatedTo: output), output.pointer, output.steps, &cells, output.lanes, equal ? 1 : 0)
  }
}

extension Tensor {
  var cells: ck_cells {
    ck_cells(channels: layout.channels, slices: layout.depth, rows: layout.height, width: layout.width)
  }

  var steps: ck_steps {
    ck_steps(
      channel: layout.channelStride, slice: layout.sliceStride, row: layout.rowStride, column: layout.lanes)
  }

  /// Steps that repeat this tensor along the axes where it has size 1 and the other has not.
  func steps(repeatedTo other: Tensor) -> ck_steps {
    func step(_ stride: Int, _ size: Int, _ wanted: Int) -> Int {
      precondition(size == wanted || size == 1, "\(shape) cannot be repeated to \(other.shape)")
      return size == wanted ? stride : 0
    }
    precondition(lanes == other.lanes)
    let (from, to) = (layout, other.layout)
    return ck_steps(
      channel: step(from.channelStride, from.channels, to.channels),
      slice: step(from.sliceStride, from.depth, to.depth), row: step(from.rowStride, from.height, to.height),
      column: step(from.lanes, from.width, to.width))
  }
}
