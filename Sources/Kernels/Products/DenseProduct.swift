internal import CKernels
public import Tensors

/// The products of a Dense layer: at every position y = transpose(kernel) x + bias, with Keras's kernel (channels in,
/// units), row-major.
///
/// With AVX-512 the vector kernel of this package is at least as fast as OpenBLAS from 16 lanes on, and several times
/// faster where OpenBLAS does not know the processor; elsewhere OpenBLAS is faster. Where a tensor has a border, every
/// row is a product of its own.
public enum DenseProduct {
  public enum Engine: CaseIterable, Sendable {
    case vectors
    case blas

    public static let preferred: Engine = Processor.vectorFloats == 16 ? .vectors : .blas
  }

  /// y = transpose(kernel) x + bias.
  ///
  /// - Parameter isBlocked: whether the vectors' sums run over 32 inputs at a time, and then over those sums, which
  ///   rounds less; OpenBLAS has blocks of its own.
  public static func apply(
    _ input: Tensor, kernel: Buffer, bias: Buffer?, into output: Tensor, engine: Engine = .preferred,
    isBlocked: Bool = false
  ) {
    check(input.layout, output.layout, kernel)
    let (inputs, units) = (input.layout.channels, output.layout.channels)
    if let bias { precondition(bias.count == units) }
    let runs = Runs(input.layout, output.layout)
    for run in 0..<runs.count {
      let (from, to) = (runs.start(run, input.layout), runs.start(run, output.layout))
      switch engine {
      case .vectors:
        unsafe ck_dense_product(
          kernel.pointer, 1, units, input.storage.pointer + from, input.layout.channelStride, bias?.pointer,
          output.storage.pointer + to, output.layout.channelStride, units, inputs, runs.columns, isBlocked ? 1 : 0)
      case .blas:
        if let bias { spread(bias, over: output, from: to, columns: runs.columns) }
        GEMM.multiply(
          Matrix(kernel, rows: inputs, columns: units).transposed, matrix(input, from, runs.columns),
          into: matrix(output, to, runs.columns), adding: bias != nil)
      }
    }
  }

  /// dx = kernel dy. Dead lanes stay zero.
  public static func differentiateInput(
    gradient: Tensor, kernel: Buffer, into inputGradient: Tensor, engine: Engine = .preferred
  ) {
    check(inputGradient.layout, gradient.layout, kernel)
    let (inputs, units) = (inputGradient.layout.channels, gradient.layout.channels)
    let runs = Runs(gradient.layout, inputGradient.layout)
    for run in 0..<runs.count {
      let (from, to) = (runs.start(run, gradient.layout), runs.start(run, inputGradient.layout))
      switch engine {
      case .vectors:
        unsafe ck_dense_product(
          kernel.pointer, units, 1, gradient.storage.pointer + from, gradient.layout.channelStride, nil,
          inputGradient.storage.pointer + to, inputGradient.layout.channelStride, inputs, units, runs.columns, 0)
      case .blas:
        GEMM.multiply(
          Matrix(kernel, rows: inputs, columns: units), matrix(gradient, from, runs.columns),
          into: matrix(inputGradient, to, runs.columns))
      }
    }
  }

  /// dkernel = x transpose(dy), summed over positions and lanes; dead lanes do not count, for dy is zero there.
  /// Overwrites. The gradient of the bias is `ChannelSums.of(gradient)`.
  public static func differentiateKernel(
    input: Tensor, gradient: Tensor, into kernelGradient: Buffer, engine: Engine = .preferred
  ) {
    check(input.layout, gradient.layout, kernelGradient)
    let (inputs, units) = (input.layout.channels, gradient.layout.channels)
    let runs = Runs(input.layout, gradient.layout)
    for run in 0..<runs.count {
      let (first, second) = (runs.start(run, input.layout), runs.start(run, gradient.layout))
      switch engine {
      case .vectors:
        unsafe ck_dense_outer_product(
          input.storage.pointer + first, input.layout.channelStride, gradient.storage.pointer + second,
          gradient.layout.channelStride, kernelGradient.pointer, units, inputs, runs.columns, units, run > 0 ? 1 : 0)
      case .blas:
        GEMM.multiply(
          matrix(input, first, runs.columns), matrix(gradient, second, runs.columns).transposed,
          into: Matrix(kernelGradient, rows: inputs, columns: units), adding: run > 0)
      }
    }
  }

  /// The stages of the planes of two tensors that are free of border cells in both.
  private struct Runs {
    let rows: Int, count: Int, columns: Int

    /// The channels of the two differ.
    init(_ first: Layout, _ second: Layout) {
      if first.planesAreContiguous && second.planesAreContiguous {
        (rows, count, columns) = (1, 1, first.planeCount)
      } else {
        (rows, count, columns) = (first.height, first.depth * first.height, first.width * first.lanes)
      }
    }

    /// Where a run begins in the storage.
    func start(_ run: Int, _ layout: Layout) -> Int {
      layout.origin + run / rows * layout.sliceStride + run % rows * layout.rowStride
    }
  }

  private static func matrix(_ tensor: Tensor, _ start: Int, _ columns: Int) -> Matrix {
    Matrix(
      tensor.storage[start..<tensor.storage.count], rows: tensor.layout.channels, columns: columns,
      stride: tensor.layout.channelStride)
  }

  private static func spread(_ bias: Buffer, over output: Tensor, from start: Int, columns: Int) {
    for unit in 0..<output.layout.channels {
      let first = start + unit * output.layout.channelStride
      output.storage[first..<first + columns].fill(bias[unit])
    }
  }

  private static func check(_ input: Layout, _ output: Layout, _ kernel: Buffer) {
    precondition(
      input.depth == output.depth && input.height == output.height && input.width == output.width
        && input.lanes == output.lanes)
    precondition(kernel.count == input.channels * output.channels)
  }
}
