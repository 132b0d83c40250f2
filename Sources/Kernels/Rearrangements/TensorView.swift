internal import CKernels
public import Tensors

/// A tensor or a part of it, axis by axis in Keras's order, in the same memory: what operations along any axis walk
/// over.
///
/// There are always four axes; those that a tensor does not have stand in front, with size 1.
public struct TensorView: Sendable {
  public private(set) var sizes: SIMD4<Int>
  private let tensor: Tensor
  private var strides: SIMD4<Int>
  /// Floats from the tensor's first element.
  private var offset = 0

  public init(_ tensor: Tensor) {
    self.tensor = tensor
    let layout = tensor.layout
    strides = SIMD4(layout.sliceStride, layout.rowStride, layout.lanes, layout.channelStride)
    sizes = SIMD4(layout.depth, layout.height, layout.width, layout.channels)
  }

  var lanes: Int { tensor.lanes }

  /// `count` places along an axis, from `start` on, `step` apart; the step may be negative.
  public func taking(_ count: Int, from start: Int, step: Int = 1, axis: Int) -> TensorView {
    precondition(
      count > 0 && start >= 0 && start < sizes[axis] && (0..<sizes[axis]).contains(start + (count - 1) * step))
    var view = self
    view.offset += start * strides[axis]
    view.strides[axis] *= step
    view.sizes[axis] = count
    return view
  }

  /// Axis i of the result is axis `order[i]` of this view.
  public func permuted(_ order: SIMD4<Int>) -> TensorView {
    var view = self
    for axis in 0..<4 { (view.sizes[axis], view.strides[axis]) = (sizes[order[axis]], strides[order[axis]]) }
    return view
  }

  /// Without an axis of size 1: those before it move up.
  public func removing(axis: Int) -> TensorView {
    precondition(sizes[axis] == 1)
    var view = self
    for target in stride(from: axis, to: 0, by: -1) {
      (view.sizes[target], view.strides[target]) = (sizes[target - 1], strides[target - 1])
    }
    view.sizes[0] = 1
    return view
  }

  /// With another axis of size 1 in place `axis`: those before it move down, and the first one must have size 1.
  public func inserting(axis: Int) -> TensorView {
    precondition(sizes[0] == 1, "a view has four axes at most")
    var view = self
    for target in 0..<axis { (view.sizes[target], view.strides[target]) = (sizes[target + 1], strides[target + 1]) }
    view.sizes[axis] = 1
    return view
  }

  // Which loop of the kernels runs over which axis does not matter, if it is the same for all tensors of a call.
  fileprivate var steps: ck_steps {
    ck_steps(channel: strides[3], slice: strides[0], row: strides[1], column: strides[2])
  }
  fileprivate var cells: ck_cells { ck_cells(channels: sizes[3], slices: sizes[0], rows: sizes[1], width: sizes[2]) }

  /// Steps that repeat this view along the axes where it has size 1 and the other has not.
  fileprivate func steps(repeatedTo other: TensorView) -> ck_steps {
    precondition(lanes == other.lanes)
    var view = self
    for axis in 0..<4 where sizes[axis] != other.sizes[axis] {
      precondition(sizes[axis] == 1, "\(sizes) cannot be repeated to \(other.sizes)")
      view.strides[axis] = 0
    }
    return view.steps
  }

  fileprivate func withPointer<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
    unsafe body(tensor.pointer + offset)
  }
}

extension TensorView {
  /// factor * (a operation b), where inputs of size 1 are repeated. May be written over an input of equal steps.
  public func combine(
    _ operation: Combination.Operation, _ first: TensorView, _ second: TensorView, factor: Float = 1
  ) {
    var cells = cells
    unsafe withPointer { output in
      unsafe first.withPointer { a in
        unsafe second.withPointer { b in
          unsafe ck_combine(
            operation.kernel, a, first.steps(repeatedTo: self), b, second.steps(repeatedTo: self), output, steps,
            &cells,
            lanes, factor)
        }
      }
    }
  }

  /// factor * x, repeated where x has size 1.
  public func copy(_ input: TensorView, factor: Float = 1) {
    var cells = cells
    let from = input.steps(repeatedTo: self)
    unsafe withPointer { output in
      unsafe input.withPointer { x in
        unsafe ck_combine(CK_LEFT, x, from, x, from, output, steps, &cells, lanes, factor)
      }
    }
  }

  /// The sums of x over the axes where this view has size 1, in doubles.
  public func sum(_ input: TensorView) {
    var (cells, result) = (input.cells, cells)
    _ = steps(repeatedTo: input)
    unsafe withPointer { output in
      unsafe input.withPointer { x in
        unsafe ck_sum_products(x, input.steps, nil, input.steps, &cells, output, steps, &result, lanes)
      }
    }
  }

  /// The largest or smallest elements of x over the axes where this view has size 1; NaN if one is.
  public func extreme(of input: TensorView, largest: Bool) {
    var (cells, result) = (input.cells, cells)
    _ = steps(repeatedTo: input)
    unsafe withPointer { output in
      unsafe input.withPointer { x in
        unsafe ck_extreme(largest ? 1 : 0, x, input.steps, &cells, output, steps, &result, lanes)
      }
    }
  }

  /// The gradient of `extreme`: that of the output, shared by all elements that equal it.
  public func differentiateExtreme(of input: TensorView, output: TensorView, gradient: TensorView) {
    var (cells, result) = (input.cells, output.cells)
    precondition(sizes == input.sizes && output.sizes == gradient.sizes)
    _ = output.steps(repeatedTo: input)
    unsafe withPointer { inputGradient in
      unsafe input.withPointer { x in
        unsafe output.withPointer { y in
          unsafe gradient.withPointer { dy in
            unsafe ck_extreme_backward(
              x, input.steps, y, output.steps, dy, gradient.steps, inputGradient, steps, &cells, &result, lanes)
          }
        }
      }
    }
  }

  /// a where (x == z) is `equal`, else 0; inputs of size 1 are repeated.
  public func route(_ values: TensorView, where x: TensorView, equals z: TensorView, _ equal: Bool) {
    var cells = cells
    unsafe withPointer { output in
      unsafe values.withPointer { a in
        unsafe x.withPointer { left in
          unsafe z.withPointer { right in
            unsafe ck_route(
              left, x.steps(repeatedTo: self), right, z.steps(repeatedTo: self), a, values.steps(repeatedTo: self),
              output,
              steps, &cells, lanes, equal ? 1 : 0)
          }
        }
      }
    }
  }

  /// Sets the lanes without an image to zero: a division or a logarithm of what lies there need not be finite.
  public func clearDeadLanes(live: Int) {
    guard live < lanes else { return }
    var cells = cells
    unsafe withPointer { output in unsafe ck_clear_dead(output, steps, &cells, lanes, live) }
  }

  /// The products of the matrices that the last two axes are.
  public func multiplyMatrices(_ first: TensorView, _ second: TensorView) {
    precondition(
      first.sizes[2] == sizes[2] && second.sizes[3] == sizes[3] && first.sizes[3] == second.sizes[2]
        && first.lanes == lanes && second.lanes == lanes)
    unsafe withPointer { output in
      unsafe first.withPointer { a in
        unsafe second.withPointer { b in
          unsafe ck_multiply_matrices(
            a, first.matrixSteps(in: self), b, second.matrixSteps(in: self), output, matrixSteps(in: self), sizes[0],
            sizes[1], sizes[2], first.sizes[3], sizes[3], lanes)
        }
      }
    }
  }

  private func matrixSteps(in result: TensorView) -> ck_matrix_steps {
    func step(_ axis: Int) -> Int {
      precondition(sizes[axis] == result.sizes[axis] || sizes[axis] == 1)
      return sizes[axis] == result.sizes[axis] ? strides[axis] : 0
    }
    return ck_matrix_steps(outer: step(0), inner: step(1), row: strides[2], column: strides[3])
  }
}
