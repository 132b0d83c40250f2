internal import CKernels
internal import Tensors

/// `ConvolutionAlgorithm.winograd` and its like: F(4x4, 3x3) on tiles of the output, at the points 0, 2/3, -2/3, 3/2,
/// -3/2 and infinity of both axes.
///
/// With transforms B, G and A of one axis, a tile y of 4 x 4 outputs reads a patch d of 6 x 6 inputs:
///
///     y = A' [sum over channels of (G w G') * (B d B')] A
///
/// where * multiplies number by number and ' transposes. The gradient of w is
/// `G' [sum over tiles of (A y A') * (B d B')] G`; that of the input is a correlation of the gradients of the output
/// with kernels turned by 180 degrees, whose transforms are those of the kernels at the points' reciprocals, so that
/// one set of packed weights serves both directions.
///
/// F(2x2, 3x3), at the points 0, 1, -1 and infinity, computes tiles of 2 x 2 in the same way; not the gradient of w.
///
/// Sources: Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016; `winograd_transforms.h`.
struct WinogradConvolution: Sendable {
  private let geometry: ConvolutionGeometry
  private let vectorFloats: Int32
  private let isBlocked: Bool
  private let tile: Int

  /// - Parameters:
  ///   - geometry: one that is supported.
  ///   - vectorFloats: of the registers for which blocks are made.
  ///   - algorithm: which of those by Winograd.
  init(_ geometry: ConvolutionGeometry, vectorFloats: Int, algorithm: ConvolutionAlgorithm) {
    isBlocked = algorithm == .blockedWinograd
    tile = algorithm == .smallTileWinograd ? 2 : 4
    self.vectorFloats = Int32(vectorFloats)
    self.geometry = geometry
  }

  /// Kernels of 3 x 3 over height and width, without strides, dilation and groups.
  static func supports(_ geometry: ConvolutionGeometry) -> Bool {
    geometry.kernel == Axes(depth: 1, height: 3, width: 3) && geometry.strides == .one && geometry.dilation == .one
      && geometry.groups == 1 && geometry.input.depth == 1 && geometry.output.depth == 1
      && geometry.paddingBefore.depth == 0
  }

  /// Whether it is faster than summing taps, where it was measured: from 16 channels on, unless tiles stick out of
  /// small planes by more than half.
  static func pays(for geometry: ConvolutionGeometry) -> Bool {
    let output = geometry.output
    let tiles = ((output.height + 3) / 4) * ((output.width + 3) / 4)
    return min(geometry.input.channels, geometry.filters) >= 16 && 2 * output.height * output.width >= 16 * tiles
  }

  /// The fewest input channels for which the rounding of the transforms is hidden behind that of the sums (decision
  /// 14).
  private static let leastBlockedChannels = 64

  /// Whether blocked summation makes it both faster than summing taps and at most about twice as inexact.
  static func paysBlocked(for geometry: ConvolutionGeometry) -> Bool {
    pays(for: geometry) && geometry.input.channels >= leastBlockedChannels
  }

  /// Whether tiles of 2 x 2 are faster than summing taps, where those of 4 x 4 round too much.
  static func paysInSmallTiles(for geometry: ConvolutionGeometry) -> Bool {
    pays(for: geometry) && geometry.input.channels < leastBlockedChannels
  }

  var packedCount: Int { ck_winograd_packed_count(tile, geometry.input.channels, geometry.filters) }

  func scratchCount(lanes: Int) -> Int {
    scratchCount(from: Layout(geometry.input, lanes: lanes), to: Layout(geometry.output, lanes: lanes))
  }

  /// For some rows of the images.
  func scratchCount(from source: Layout, to target: Layout) -> Int {
    [8, source.lanes].reduce(0) { count, live in
      var shape = shape(from: source, to: target, padding: geometry.paddingBefore, live: live)
      let filter = unsafe tile == 4 ? ck_winograd_filter_scratch_count(&shape) : 0
      return unsafe max(count, ck_winograd_scratch_count(&shape), filter)
    }
  }

  func pack(_ kernel: Buffer, into packed: Buffer) {
    unsafe ck_winograd_pack(tile, kernel.pointer, geometry.input.channels, geometry.filters, packed.pointer)
  }

  /// - Parameters:
  ///   - maximum: as of `ConvolutionEnding`; 0 for no rectifier.
  ///   - top: rows of padding above those that the tensors hold, here and below; nil where they hold whole
  ///     images.
  func forward(
    input: Tensor, packed: Buffer, bias: Buffer?, maximum: Float, output: Tensor, scratch: Buffer, live: Int,
    top: Int? = nil
  ) {
    var shape = shape(from: input.layout, to: output.layout, padding: geometry.paddingBefore, live: live, top)
    shape.streams_target = output.isStreamed ? 1 : 0
    shape.maximum = maximum
    shape.is_blocked = isBlocked ? 1 : 0
    unsafe ck_winograd_forward(
      &shape, input.pointer, packed.pointer, bias.map { unsafe UnsafePointer($0.pointer) }, output.pointer,
      scratch.pointer)
  }

  func inputGradient(
    outputGradient: Tensor, packed: Buffer, inputGradient: Tensor, scratch: Buffer, live: Int, top: Int? = nil
  ) {
    let padding = Axes { 2 - geometry.paddingBefore[$0] }
    var shape = shape(from: outputGradient.layout, to: inputGradient.layout, padding: padding, live: live, top)
    shape.streams_target = inputGradient.isStreamed ? 1 : 0
    unsafe ck_winograd_backward(
      &shape, outputGradient.pointer, packed.pointer, inputGradient.pointer, scratch.pointer)
  }

  func filterGradient(
    input: Tensor, outputGradient: Tensor, kernelGradient: Buffer, scratch: Buffer, live: Int, top: Int? = nil
  ) {
    var shape = shape(from: input.layout, to: outputGradient.layout, padding: geometry.paddingBefore, live: live, top)
    unsafe ck_winograd_filter(
      &shape, input.pointer, outputGradient.pointer, kernelGradient.pointer, scratch.pointer)
  }

  private func shape(
    from source: Layout, to target: Layout, padding: Axes, live: Int, _ top: Int? = nil
  ) -> ck_winograd {
    ck_winograd(
      tile: tile, source_height: source.height, source_width: source.width, source_row_stride: source.rowStride,
      source_channel_stride: source.channelStride, target_height: target.height, target_width: target.width,
      target_row_stride: target.rowStride, target_channel_stride: target.channelStride,
      input_channels: geometry.input.channels, output_channels: geometry.filters, padding_top: top ?? padding.height,
      padding_left: padding.width, lanes: source.lanes, vector_floats: vectorFloats,
      streams_target: 0, is_half: source.lanes == 16 && live <= 8 ? 1 : 0, maximum: 0, is_blocked: 0)
  }
}
