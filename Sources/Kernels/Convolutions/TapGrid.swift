internal import Tensors

/// A regular grid of cells of one tensor, each of which is a sum of taps over another tensor: all outputs of a
/// convolution, or those gradients of its input that read the same taps.
///
/// Grid position q lies at cell `origin + q * step` of the result and reads the cells `q * sourceStep + tap.offset` of
/// the source.
struct TapGrid: Sendable {
  struct Tap: Sendable {
    /// Position in the kernel, counted row by row.
    let kernelIndex: Int
    let offset: Axes
  }

  let count: Axes
  let origin: Axes, step: Axes
  let sourceStep: Axes
  let taps: [Tap]
  /// Rows (of all slices) and columns of the window that the taps form.
  let windowRows: Int, windowColumns: Int
  /// What lies around the source where taps read it.
  let border: Border

  /// The outputs: `output[q]` reads `input[q * s + t * l - p]`.
  static func forward(_ geometry: ConvolutionGeometry) -> TapGrid {
    let axes = (0..<3).map { axis in
      (0..<geometry.kernel[axis]).map {
        (index: $0, offset: $0 * geometry.dilation[axis] - geometry.paddingBefore[axis])
      }
    }
    return TapGrid(
      count: Axes(geometry.output), origin: .zero, step: .one, sourceStep: geometry.strides,
      sourceSize: Axes(geometry.input),
      kernel: geometry.kernel, axes: axes)
  }

  /// The gradients of the input, by phase r of the strides: `inputGradient[r + q * s]` reads `outputGradient[q + (r + p
  /// - t * l) / s]` for those taps t that divide without remainder. A phase may have no taps: its gradients are zero.
  static func inputGradientPhases(_ geometry: ConvolutionGeometry) -> [TapGrid] {
    let input = Axes(geometry.input)
    let phases = Axes { min(geometry.strides[$0], input[$0]) }
    return (0..<phases.count).map { index in
      let phase = Axes(
        depth: index / (phases.height * phases.width), height: index / phases.width % phases.height,
        width: index % phases.width)
      let axes = (0..<3).map { axis in
        (0..<geometry.kernel[axis]).compactMap { tap -> (index: Int, offset: Int)? in
          let distance = phase[axis] + geometry.paddingBefore[axis] - tap * geometry.dilation[axis]
          return distance % geometry.strides[axis] == 0 ? (tap, distance / geometry.strides[axis]) : nil
        }
      }
      return TapGrid(
        count: Axes { (input[$0] - phase[$0] + geometry.strides[$0] - 1) / geometry.strides[$0] },
        origin: phase, step: geometry.strides, sourceStep: .one, sourceSize: Axes(geometry.output),
        kernel: geometry.kernel, axes: axes)
    }
  }

  private init(
    count: Axes, origin: Axes, step: Axes, sourceStep: Axes, sourceSize: Axes, kernel: Axes,
    axes: [[(index: Int, offset: Int)]]
  ) {
    (self.count, self.origin, self.step, self.sourceStep) = (count, origin, step, sourceStep)
    var taps: [Tap] = []
    for depth in axes[0] {
      for height in axes[1] {
        for width in axes[2] {
          taps.append(
            Tap(
              kernelIndex: (depth.index * kernel.height + height.index) * kernel.width + width.index,
              offset: Axes(depth: depth.offset, height: height.offset, width: width.offset)))
        }
      }
    }
    self.taps = taps
    (windowRows, windowColumns) = (axes[0].count * axes[1].count, axes[2].count)
    let before = Axes { axis in taps.map { -$0.offset[axis] }.max().map { max(0, $0) } ?? 0 }
    let after = Axes { axis in
      taps.map { (count[axis] - 1) * sourceStep[axis] + $0.offset[axis] - (sourceSize[axis] - 1) }.max().map {
        max(0, $0)
      } ?? 0
    }
    border = Border(
      front: before.depth, back: after.depth, top: before.height, bottom: after.height, left: before.width,
      right: after.width)
  }
}
