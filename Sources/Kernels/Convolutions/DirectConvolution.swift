internal import CKernels
internal import Tensors

/// `ConvolutionAlgorithm.direct`: every position of a grid is a sum of taps, held in registers. Scratch holds the taps'
/// offsets, and what the filter gradient needs behind them.
struct DirectConvolution: Sendable {
  private let geometry: ConvolutionGeometry
  private let outputs: TapGrid
  private let phases: [TapGrid]
  private let vectorFloats: Int32
  private let isBlocked: Bool

  /// Products that are summed apart where sums are blocked: few enough that their sums round no more than those of
  /// matrix products do, and enough that adding these costs little.
  private static let blockedProducts = 256

  /// - Parameters:
  ///   - vectorFloats: of the registers for which blocks are made.
  ///   - isBlocked: whether forward sums the products in blocks.
  init(_ geometry: ConvolutionGeometry, vectorFloats: Int, isBlocked: Bool) {
    self.vectorFloats = Int32(vectorFloats)
    self.isBlocked = isBlocked
    self.geometry = geometry
    outputs = .forward(geometry)
    phases = TapGrid.inputGradientPhases(geometry)
  }

  var scratchCount: Int {
    guard gradientIsProduct else { return geometry.kernel.count }
    return offsetCount
      + ck_filter_product_scratch_count(
        geometry.inputChannelsPerGroup, geometry.filtersPerGroup, geometry.kernel.count)
  }

  private var gradientIsProduct: Bool {
    ck_filter_product_pays(geometry.inputChannelsPerGroup, geometry.filtersPerGroup, geometry.kernel.count) != 0
  }

  /// The taps' offsets, up to the next vector.
  private var offsetCount: Int { (geometry.kernel.count + 15) / 16 * 16 }

  /// By group, block of filters, input channel and tap: the weights of the block's filters side by side.
  func packForward(_ kernel: Buffer, into packed: Buffer) {
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    var target = 0
    for group in 0..<geometry.groups {
      target = pack(
        kernel, from: group * filters, outputs.taps, blocksOf: filters, stride: 1, by: channels,
        stride: geometry.filters, into: packed, at: target)
    }
  }

  /// By group, phase, block of input channels, filter and tap: the weights of the block's input channels side by side.
  func packBackward(_ kernel: Buffer, into packed: Buffer) {
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    var target = 0
    for group in 0..<geometry.groups {
      for phase in phases {
        target = pack(
          kernel, from: group * filters, phase.taps, blocksOf: channels, stride: geometry.filters, by: filters,
          stride: 1, into: packed, at: target)
      }
    }
  }

  /// Weights from `first` on: blocks of what is `blockStride` apart, for each of `count` that are `outerStride` apart.
  /// Returns where they end.
  private func pack(
    _ kernel: Buffer, from first: Int, _ taps: [TapGrid.Tap], blocksOf outputs: Int, stride blockStride: Int,
    by count: Int, stride outerStride: Int, into packed: Buffer, at start: Int
  ) -> Int {
    var target = start
    for block in blocks(outputs) {
      for (index, tap) in taps.enumerated() {
        let source =
          first + tap.kernelIndex * geometry.inputChannelsPerGroup * geometry.filters + block.lowerBound * blockStride
        unsafe ck_pack_tap(
          kernel.pointer + source, outerStride, blockStride, count, block.count,
          packed.pointer + target + index * block.count, taps.count * block.count)
      }
      target += taps.count * block.count * count
    }
    return target
  }

  /// - Parameter groups: those that the tensors hold, here and below.
  func forward(
    _ groups: Range<Int>, input: Tensor, packed: Buffer, bias: Buffer?, ending: ConvolutionEnding, output: Tensor,
    scratch: Buffer
  ) {
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    var grid = unsafe grid(
      outputs, from: input.layout, channels: channels, to: output.layout, filters, offsets: scratch)
    unsafe grid.streams_output = output.isStreamed ? 1 : 0
    unsafe grid.block_pairs = isBlocked ? DirectConvolution.blockedProducts : 0
    unsafe (grid.ending.maximum, grid.ending.silu) = (ending.maximum, ending == .silu ? 1 : 0)
    if isDepthwise {
      let first = groups.lowerBound
      return unsafe ck_sum_channel_taps(
        &grid, groups.count, input.pointer, output.pointer, packed.pointer + first * geometry.kernel.count,
        geometry.kernel.count, bias.map { unsafe UnsafePointer($0.pointer + first) }, vectorFloats)
    }
    for group in groups {
      let place = group - groups.lowerBound
      unsafe ck_sum_taps(
        &grid, input.pointer + place * channels * input.layout.channelStride,
        output.pointer + place * filters * output.layout.channelStride,
        packed.pointer + group * geometry.kernelCount / geometry.groups,
        bias.map { unsafe UnsafePointer($0.pointer + group * filters) }, vectorFloats)
    }
  }

  func inputGradient(
    _ groups: Range<Int>, outputGradient: Tensor, packed: Buffer, inputGradient: Tensor, scratch: Buffer
  ) {
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    let target = inputGradient.layout
    if isDepthwise {
      var start = groups.lowerBound * geometry.kernel.count
      for phase in phases {
        let first = offset(of: phase, in: target)
        var grid = unsafe grid(phase, from: outputGradient.layout, channels: 1, to: target, 1, offsets: scratch)
        unsafe grid.streams_output = inputGradient.isStreamed ? 1 : 0
        unsafe ck_sum_channel_taps(
          &grid, groups.count, outputGradient.pointer, inputGradient.pointer + first, packed.pointer + start,
          geometry.kernel.count, nil, vectorFloats)
        start += phase.taps.count
      }
      return
    }
    // Every tap belongs to one phase.
    var weights = groups.lowerBound * geometry.kernelCount / geometry.groups
    for place in 0..<groups.count {
      for phase in phases {
        var grid = unsafe grid(
          phase, from: outputGradient.layout, channels: filters, to: target, channels, offsets: scratch)
        unsafe grid.streams_output = inputGradient.isStreamed ? 1 : 0
        let first = offset(of: phase, in: target)
        unsafe ck_sum_taps(
          &grid, outputGradient.pointer + place * filters * outputGradient.layout.channelStride,
          inputGradient.pointer + place * channels * target.channelStride + first, packed.pointer + weights, nil,
          vectorFloats)
        weights += phase.taps.count * channels * filters
      }
    }
  }

  /// Whether every channel is a group.
  private var isDepthwise: Bool { geometry.inputChannelsPerGroup == 1 && geometry.filtersPerGroup == 1 }

  /// Floats to the first cell of a phase.
  private func offset(of phase: TapGrid, in layout: Layout) -> Int {
    let origin = phase.origin
    return origin.depth * layout.sliceStride + origin.height * layout.rowStride + origin.width * layout.lanes
  }

  func filterGradient(
    _ groups: Range<Int>, input: Tensor, outputGradient: Tensor, kernelGradient: Buffer, scratch: Buffer
  ) {
    let (channels, filters) = (geometry.inputChannelsPerGroup, geometry.filtersPerGroup)
    var grid = unsafe grid(
      outputs, from: input.layout, channels: channels, to: outputGradient.layout, filters, offsets: scratch)
    let isProduct = gradientIsProduct
    for group in groups {
      let place = group - groups.lowerBound
      let input = unsafe input.pointer + place * channels * input.layout.channelStride
      let gradient = unsafe outputGradient.pointer + place * filters * outputGradient.layout.channelStride
      let result = unsafe kernelGradient.pointer + group * filters
      let (tapStride, channelStride) = (channels * geometry.filters, geometry.filters)
      if isProduct {
        unsafe ck_filter_gradient_product(
          &grid, input, gradient, result, tapStride, channelStride, scratch.pointer + offsetCount, vectorFloats)
      } else {
        unsafe ck_sum_filter_gradient(&grid, input, gradient, result, tapStride, channelStride, vectorFloats)
      }
    }
  }

  /// As few nearly equal blocks as the registers allow; the C kernel cuts them by the same formula.
  private func blocks(_ count: Int) -> some Sequence<Range<Int>> {
    let size = ck_output_block(vectorFloats)
    let blocks = (count + size - 1) / size
    return (0..<blocks).lazy.map { count * $0 / blocks..<count * ($0 + 1) / blocks }
  }

  /// The grid in floats, in one row where the layouts allow it; `offsets` receives those of the taps and must outlive
  /// the result.
  @unsafe private func grid(
    _ grid: TapGrid, from source: Layout, channels: Int, to target: Layout, _ targetChannels: Int, offsets: Buffer
  ) -> ck_tap_grid {
    let taps = unsafe UnsafeMutableRawPointer(offsets.pointer).bindMemory(to: Int32.self, capacity: grid.taps.count)
    for (index, tap) in grid.taps.enumerated() {
      let offset = tap.offset
      unsafe taps[index] = Int32(
        offset.depth * source.sliceStride + offset.height * source.rowStride + offset.width * source.lanes)
    }
    // Without borders and strides, all positions form one row.
    let isOneRow =
      grid.taps.count == 1 && grid.step == .one && grid.sourceStep == .one && source.planesAreContiguous
      && target.planesAreContiguous && grid.count == Axes(geometry.input)
    return unsafe ck_tap_grid(
      taps: UnsafePointer(taps), tap_count: grid.taps.count,
      input_channels: channels, input_channel_stride: source.channelStride,
      output_channels: targetChannels, output_channel_stride: target.channelStride,
      slices: isOneRow ? 1 : grid.count.depth, rows: isOneRow ? 1 : grid.count.height,
      pixels: isOneRow ? grid.count.count : grid.count.width,
      input_slice_step: grid.sourceStep.depth * source.sliceStride,
      input_row_step: grid.sourceStep.height * source.rowStride,
      input_pixel_step: grid.sourceStep.width * source.lanes,
      output_slice_step: grid.step.depth * target.sliceStride, output_row_step: grid.step.height * target.rowStride,
      output_pixel_step: grid.step.width * target.lanes,
      window_rows: grid.windowRows, window_columns: grid.windowColumns, window_row_step: grid.sourceStep.height,
      lanes: source.lanes, streams_output: 0, block_pairs: 0, ending: ck_ending())
  }
}
