internal import CKernels
internal import Tensors

/// The gradient of the input of a convolution with strides whose kernel has one cell: that of a convolution without
/// strides, spread between zeros. Rows whose cells do not lie side by side, and zeros apart from each other, keep
/// `DirectConvolution` from its speed.
struct SpreadGradient: Sendable {
  private let dense: DirectConvolution
  private let strides: Axes
  /// Those of the input that have a gradient.
  private let cells: Shape

  /// Nil where it does not apply.
  init?(_ geometry: ConvolutionGeometry, vectorFloats: Int) {
    guard geometry.kernel == .one, geometry.strides != .one, geometry.groups == 1, geometry.paddingBefore == .zero,
      geometry.paddingAfter == .zero
    else { return nil }
    cells = geometry.output.with(channels: geometry.input.channels)
    strides = geometry.strides
    dense = DirectConvolution(
      ConvolutionGeometry(input: cells, filters: geometry.filters, kernel: .one),
      vectorFloats: vectorFloats, isBlocked: false)
  }

  func scratchCount(lanes: Int) -> Int { start + Layout(cells, lanes: lanes).count }

  /// Behind the scratch of the convolution, at the next vector.
  private var start: Int { (dense.scratchCount + 15) / 16 * 16 }

  /// - Parameter packed: as of `DirectConvolution`.
  func inputGradient(outputGradient: Tensor, packed: Buffer, inputGradient: Tensor, scratch: Buffer) {
    let layout = Layout(cells, lanes: outputGradient.lanes)
    let small = Tensor(cells, layout: layout, storage: scratch[start..<start + layout.count], isStreamed: false)
    dense.inputGradient(0..<1, outputGradient: outputGradient, packed: packed, inputGradient: small, scratch: scratch)
    var cells = inputGradient.cells
    unsafe ck_spread(
      small.pointer, layout.strides, inputGradient.pointer, inputGradient.layout.strides, &cells, strides.depth,
      strides.height, strides.width, layout.lanes, inputGradient.isStreamed ? 1 : 0)
  }
}
