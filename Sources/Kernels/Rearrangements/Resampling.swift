internal import CKernels
public import Tensors

/// Images of another height and width, by interpolation: rows first, then columns.
///
///     z[u, w] = sum over h of r[u, h] * x[h, w],     y[u, v] = sum over w of c[v, w] * z[u, w]
///
/// with the weights of `Interpolation`, which are made once for the sizes. As Keras's `UpSampling2D` and `Resizing`
/// with TensorFlow.
public struct Resampling: Sendable {
  /// Between the two steps: the output's rows, the input's columns.
  private let middle: Shape
  private let rows: Weights, columns: Weights

  /// The weights along one axis.
  private struct Weights: Sendable {
    let inputs: Int, outputs: Int, taps: Int
    let indices: [Int32], values: [Float]

    init(_ interpolation: Interpolation, _ isSmoothed: Bool, from inputs: Int, to outputs: Int) {
      let all = (0..<outputs).map {
        interpolation.taps(output: $0, of: outputs, inputs: inputs, isSmoothed: isSmoothed)
      }
      (self.inputs, self.outputs, taps) = (inputs, outputs, all[0].count)
      indices = all.flatMap { $0.map { Int32($0.index) } }
      values = all.flatMap { $0.map { Float($0.weight) } }
    }
  }

  /// - Parameters:
  ///   - input: (H, W, C), not empty.
  ///   - height, width: of the output, at least 1.
  ///   - isSmoothed: along axes that become shorter.
  public init(_ input: Shape, height: Int, width: Int, interpolation: Interpolation, isSmoothed: Bool = false) {
    precondition(input.rank == 3 && input.count > 0 && height > 0 && width > 0)
    middle = [height, input.width, input.channels]
    rows = Weights(interpolation, isSmoothed, from: input.height, to: height)
    columns = Weights(interpolation, isSmoothed, from: input.width, to: width)
  }

  /// Floats of scratch that each of `apply` and `differentiate` needs.
  public func scratchCount(lanes: Int) -> Int { Layout(middle, lanes: lanes).count }

  /// Overwrites y.
  public func apply(_ input: Tensor, into output: Tensor, scratch: Buffer) {
    check(input.layout, output.layout)
    let between = Tensor(middle, layout: Layout(middle, lanes: input.lanes), storage: scratch)
    resample(rowsOf: input, between, isBackward: false)
    resample(columnsOf: between, output, isBackward: false)
  }

  /// dx[h, w] = sum over u, v of r[u, h] * c[v, w] * dy[u, v]. Overwrites dx.
  public func differentiate(gradient: Tensor, into inputGradient: Tensor, scratch: Buffer) {
    check(inputGradient.layout, gradient.layout)
    let between = Tensor(middle, layout: Layout(middle, lanes: gradient.lanes), storage: scratch)
    resample(columnsOf: between, gradient, isBackward: true)
    resample(rowsOf: inputGradient, between, isBackward: true)
  }

  private func resample(rowsOf input: Tensor, _ output: Tensor, isBackward: Bool) {
    var cells = input.cells
    cells.rows = 1
    resample(rows, (input.layout.rowStride, output.layout.rowStride), input, output, cells, isBackward)
  }

  private func resample(columnsOf input: Tensor, _ output: Tensor, isBackward: Bool) {
    var cells = input.cells
    cells.width = 1
    resample(columns, (input.lanes, output.lanes), input, output, cells, isBackward)
  }

  private func resample(
    _ weights: Weights, _ steps: (input: Int, output: Int), _ input: Tensor, _ output: Tensor, _ cells: ck_cells,
    _ isBackward: Bool
  ) {
    var cells = cells
    unsafe weights.indices.withUnsafeBufferPointer { indices in
      unsafe weights.values.withUnsafeBufferPointer { values in
        var axis = unsafe ck_resampling(
          indices: indices.baseAddress, weights: values.baseAddress, taps: weights.taps, inputs: weights.inputs,
          outputs: weights.outputs, input_step: steps.input, output_step: steps.output)
        if isBackward {
          unsafe ck_resample_backward(
            &axis, output.pointer, output.steps, input.pointer, input.steps, &cells, input.lanes)
        } else {
          unsafe ck_resample(&axis, input.pointer, input.steps, output.pointer, output.steps, &cells, input.lanes)
        }
      }
    }
  }

  private func check(_ input: Layout, _ output: Layout) {
    precondition(
      input.height == rows.inputs && input.width == columns.inputs && output.height == rows.outputs
        && output.width == columns.outputs && input.channels == middle.channels && output.channels == middle.channels
        && input.lanes == output.lanes, "images resampled to another size than was announced")
  }
}
