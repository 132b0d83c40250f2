internal import CKernels
internal import Tensors

/// `ConvolutionAlgorithm.lowered`: a convolution as products of the kernel, a matrix of (taps x channels, filters),
/// with matrices of what a block of output positions reads, (taps x channels, positions x lanes).
///
/// Source: Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing",
/// 2006.
struct LoweredConvolution: Sendable {
  private let geometry: ConvolutionGeometry

  init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  /// Bytes of the columns of one block: half of a second-level cache of 1 MB.
  private static let blockBytes = 512 << 10

  /// Rows of the columns of one group.
  private var rows: Int { geometry.kernel.count * geometry.inputChannelsPerGroup }

  private var positions: Int { Axes(geometry.output).count }

  /// A kernel of one tap at every cell: the columns are the tensor itself.
  private var isPointwise: Bool {
    geometry.kernel == .one && geometry.strides == .one && geometry.paddingBefore == .zero
      && geometry.paddingAfter == .zero
  }

  private func blockPositions(lanes: Int) -> Int {
    // Four positions are 64 columns or more: with fewer, OpenBLAS would read the kernel for little.
    min(positions, max(4, LoweredConvolution.blockBytes / (rows * lanes * MemoryLayout<Float>.stride)))
  }

  /// The columns of the input and of the output of one block and one group.
  func scratchCount(lanes: Int) -> Int { (rows + geometry.filtersPerGroup) * blockPositions(lanes: lanes) * lanes }

  func forward(input: Tensor, kernel: Buffer, bias: Buffer?, output: Tensor, scratch: Buffer) {
    fill(output, with: bias)
    forEachBlock(lanes: input.lanes) { group, block in
      let columns = inputColumns(of: input, group: group, block: block, scratch: scratch)
      let weights = weights(kernel, group: group).transposed
      if output.layout.planesAreContiguous {
        GEMM.multiply(weights, columns, into: view(output, of: geometry.filtersPerGroup, group, block), adding: true)
      } else {
        let result = outputScratch(scratch, block: block, lanes: input.lanes)
        GEMM.multiply(weights, columns, into: result)
        scatter(result, to: output, group: group, layout: outputLayout(output.layout, block))
      }
    }
  }

  func inputGradient(outputGradient: Tensor, kernel: Buffer, inputGradient: Tensor, scratch: Buffer) {
    let isInput = isPointwise && inputGradient.layout.planesAreContiguous
    if !isInput { fill(inputGradient, with: nil) }
    forEachBlock(lanes: inputGradient.lanes) { group, block in
      let gradients = outputColumns(of: outputGradient, group: group, block: block, scratch: scratch)
      let weights = weights(kernel, group: group)
      if isInput {
        GEMM.multiply(weights, gradients, into: view(inputGradient, of: geometry.inputChannelsPerGroup, group, block))
      } else {
        let result = inputScratch(scratch, block: block, lanes: inputGradient.lanes)
        GEMM.multiply(weights, gradients, into: result)
        scatter(result, to: inputGradient, group: group, layout: inputLayout(inputGradient.layout, block))
      }
    }
  }

  func filterGradient(input: Tensor, outputGradient: Tensor, kernelGradient: Buffer, scratch: Buffer) {
    forEachBlock(lanes: input.lanes) { group, block in
      let columns = inputColumns(of: input, group: group, block: block, scratch: scratch)
      let gradients = outputColumns(of: outputGradient, group: group, block: block, scratch: scratch)
      GEMM.multiply(
        columns, gradients.transposed, into: weights(kernelGradient, group: group), adding: block.lowerBound > 0)
    }
  }

  private func forEachBlock(lanes: Int, _ body: (_ group: Int, _ positions: Range<Int>) -> Void) {
    let limit = blockPositions(lanes: lanes)
    for group in 0..<geometry.groups {
      for first in stride(from: 0, to: positions, by: limit) { body(group, first..<min(first + limit, positions)) }
    }
  }

  /// (taps x channels, filters) of one group.
  private func weights(_ kernel: Buffer, group: Int) -> Matrix {
    let first = group * geometry.filtersPerGroup
    return Matrix(kernel[first..<kernel.count], rows: rows, columns: geometry.filtersPerGroup, stride: geometry.filters)
  }

  private func inputScratch(_ scratch: Buffer, block: Range<Int>, lanes: Int) -> Matrix {
    Matrix(scratch, rows: rows, columns: block.count * lanes)
  }

  private func outputScratch(_ scratch: Buffer, block: Range<Int>, lanes: Int) -> Matrix {
    let first = rows * blockPositions(lanes: lanes) * lanes
    return Matrix(scratch[first..<scratch.count], rows: geometry.filtersPerGroup, columns: block.count * lanes)
  }

  private func inputColumns(of input: Tensor, group: Int, block: Range<Int>, scratch: Buffer) -> Matrix {
    if isPointwise && input.layout.planesAreContiguous {
      return view(input, of: geometry.inputChannelsPerGroup, group, block)
    }
    let columns = inputScratch(scratch, block: block, lanes: input.lanes)
    gather(input, group: group, layout: inputLayout(input.layout, block), into: columns)
    return columns
  }

  private func outputColumns(of output: Tensor, group: Int, block: Range<Int>, scratch: Buffer) -> Matrix {
    if output.layout.planesAreContiguous { return view(output, of: geometry.filtersPerGroup, group, block) }
    let columns = outputScratch(scratch, block: block, lanes: output.lanes)
    gather(output, group: group, layout: outputLayout(output.layout, block), into: columns)
    return columns
  }

  /// (channels, positions x lanes) of a tensor whose planes have no border.
  private func view(_ tensor: Tensor, of channels: Int, _ group: Int, _ block: Range<Int>) -> Matrix {
    let layout = tensor.layout
    let first = layout.origin + group * channels * layout.channelStride + block.lowerBound * layout.lanes
    return Matrix(
      tensor.storage[first..<tensor.storage.count], rows: channels, columns: block.count * layout.lanes,
      stride: layout.channelStride)
  }

  private func gather(_ tensor: Tensor, group: Int, layout: ck_columns, into columns: Matrix) {
    var layout = layout
    unsafe ck_gather_columns(
      &layout, tensor.pointer + group * layout.channels * layout.channel_stride, columns.buffer.pointer)
  }

  private func scatter(_ columns: Matrix, to tensor: Tensor, group: Int, layout: ck_columns) {
    var layout = layout
    unsafe ck_scatter_columns(
      &layout, columns.buffer.pointer, tensor.pointer + group * layout.channels * layout.channel_stride)
  }

  private func fill(_ tensor: Tensor, with values: Buffer?) {
    unsafe ck_fill_channels(
      tensor.pointer, tensor.layout.strides, tensor.layout.runs(), values.map { unsafe UnsafePointer($0.pointer) })
  }

  /// The columns of the input of a block of output positions.
  private func inputLayout(_ layout: Layout, _ block: Range<Int>) -> ck_columns {
    columns(
      layout, channels: geometry.inputChannelsPerGroup, kernel: geometry.kernel, strides: geometry.strides,
      dilation: geometry.dilation,
      padding: geometry.paddingBefore, block)
  }

  /// The columns of the output itself.
  private func outputLayout(_ layout: Layout, _ block: Range<Int>) -> ck_columns {
    columns(
      layout, channels: geometry.filtersPerGroup, kernel: .one, strides: .one, dilation: .one, padding: .zero, block)
  }

  private func columns(
    _ layout: Layout, channels: Int, kernel: Axes, strides: Axes, dilation: Axes, padding: Axes, _ block: Range<Int>
  ) -> ck_columns {
    ck_columns(
      channels: channels, channel_stride: layout.channelStride, slice_stride: layout.sliceStride,
      row_stride: layout.rowStride,
      lanes: layout.lanes, depth: layout.depth, height: layout.height, width: layout.width,
      kernel_depth: kernel.depth, kernel_height: kernel.height, kernel_width: kernel.width,
      stride_depth: strides.depth, stride_height: strides.height, stride_width: strides.width,
      dilation_depth: dilation.depth, dilation_height: dilation.height, dilation_width: dilation.width,
      padding_front: padding.depth, padding_top: padding.height, padding_left: padding.width,
      output_height: geometry.output.height, output_width: geometry.output.width,
      first_position: block.lowerBound, position_count: block.count)
  }
}
