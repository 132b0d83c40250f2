internal import CKernels
public import Tensors

/// The products of a Dense layer: at every position y = transpose(kernel) x + bias, with Keras's kernel (channels in,
/// units), row-major.
///
/// With AVX-512 the vector kernel of this package is at least as fast as OpenBLAS from 16 lanes on, and several times
/// faster where OpenBLAS does not know the processor; elsewhere OpenBLAS is faster. The planes of all tensors must be
/// without border.
public enum DenseProduct {
  public enum Engine: CaseIterable, Sendable {
    case vectors
    case blas

    public static let preferred: Engine = Processor.vectorFloats == 16 ? .vectors : .blas
  }

  /// y = transpose(kernel) x + bias.
  public static func apply(
    _ input: Tensor, kernel: Buffer, bias: Buffer?, into output: Tensor, engine: Engine = .preferred
  ) {
    check(input.layout, output.layout, kernel)
    let (inputs, units, columns) = (input.layout.channels, output.layout.channels, input.layout.planeCount)
    if let bias { precondition(bias.count == units) }
    switch engine {
    case .vectors:
      unsafe ck_dense_product(
        kernel.pointer, 1, units, input.pointer, input.layout.channelStride, bias?.pointer, output.pointer,
        output.layout.channelStride, units, inputs, columns)
    case .blas:
      if let bias { spread(bias, over: output) }
      GEMM.multiply(
        Matrix(kernel, rows: inputs, columns: units).transposed, matrix(input), into: matrix(output),
        adding: bias != nil)
    }
  }

  /// dx = kernel dy. Dead lanes stay zero.
  public static func differentiateInput(
    gradient: Tensor, kernel: Buffer, into inputGradient: Tensor, engine: Engine = .preferred
  ) {
    check(inputGradient.layout, gradient.layout, kernel)
    let (inputs, units) = (inputGradient.layout.channels, gradient.layout.channels)
    switch engine {
    case .vectors:
      unsafe ck_dense_product(
        kernel.pointer, units, 1, gradient.pointer, gradient.layout.channelStride, nil, inputGradient.pointer,
        inputGradient.layout.channelStride, inputs, units, gradient.layout.planeCount)
    case .blas:
      GEMM.multiply(Matrix(kernel, rows: inputs, columns: units), matrix(gradient), into: matrix(inputGradient))
    }
  }

  /// dkernel = x transpose(dy), summed over positions and lanes; dead lanes do not count, for dy is zero there.
  /// Overwrites. The gradient of the bias is `ChannelSums.of(gradient)`.
  public static func differentiateKernel(
    input: Tensor, gradient: Tensor, into kernelGradient: Buffer, engine: Engine = .preferred
  ) {
    check(input.layout, gradient.layout, kernelGradient)
    let (inputs, units) = (input.layout.channels, gradient.layout.channels)
    switch engine {
    case .vectors:
      unsafe ck_dense_outer_product(
        input.pointer, input.layout.channelStride, gradient.pointer, gradient.layout.channelStride,
        kernelGradient.pointer, units,
        inputs, input.layout.planeCount, units)
    case .blas:
      GEMM.multiply(
        matrix(input), matrix(gradient).transposed, into: Matrix(kernelGradient, rows: inputs, columns: units))
    }
  }

  private static func matrix(_ tensor: Tensor) -> Matrix {
    Matrix(
      tensor.storage, rows: tensor.layout.channels, columns: tensor.layout.planeCount,
      stride: tensor.layout.channelStride)
  }

  private static func spread(_ bias: Buffer, over output: Tensor) {
    for unit in 0..<output.layout.channels {
      let start = unit * output.layout.channelStride
      output.storage[start..<start + output.layout.planeCount].fill(bias[unit])
    }
  }

  private static func check(_ input: Layout, _ output: Layout, _ kernel: Buffer) {
    precondition(input.border == .none && output.border == .none, "a dense product needs planes without border")
    precondition(
      input.depth == output.depth && input.height == output.height && input.width == output.width
        && input.lanes == output.lanes)
    precondition(kernel.count == input.channels * output.channels)
  }
}
