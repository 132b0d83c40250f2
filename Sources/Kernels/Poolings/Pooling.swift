internal import CKernels
public import Tensors

/// Maximum and average over windows of every channel, as Keras's MaxPooling and AveragePooling.
public enum Pooling {
  /// Floats of a buffer that remembers which cell each output of `maximum` came from.
  public static func positionCount(output: Layout) -> Int {
    (output.channels * output.planeCount * MemoryLayout<UInt16>.stride + 3) / MemoryLayout<Float>.stride
  }

  /// y = maximum of the cells of the window that are not padding; NaN if one of them is.
  ///
  /// - Parameters:
  ///   - limit: makes that min(max(0, y), limit), infinity standing for none, as if every cell had gone through this
  ///     rectifier; where it is closed, backward gives the gradient to no cell. Nil leaves y alone.
  ///   - positions: `positionCount` floats that backward needs; nil where only y is wanted.
  ///   - part: where `output` is some rows of images, here and in backward: the first of them, and the layout of the
  ///     images, to which `positions` belongs.
  public static func maximum(
    _ input: Tensor, window: PoolingWindow, limit: Float? = nil, into output: Tensor, positions: Buffer?,
    part: (firstRow: Int, whole: Layout)? = nil
  ) {
    var geometry = geometry(input.layout, output.layout, window, part)
    if let positions { precondition(positions.count == positionCount(output: part?.whole ?? output.layout)) }
    unsafe ck_max_pool(
      &geometry, input.pointer, input.layout.strides, output.pointer, output.layout.strides, limit ?? 0,
      positions.map { unsafe words($0, part) })
  }

  private static func geometry(
    _ input: Layout, _ output: Layout, _ window: PoolingWindow, _ part: (firstRow: Int, whole: Layout)?
  ) -> ck_pooling {
    var geometry = window.geometry(input: input, output: output)
    if let part { geometry.position_stride = part.whole.planeCount }
    return geometry
  }

  /// dx = sum of dy over the windows whose maximum the cell was; the first of equal cells in row-major order counts.
  /// Overwrites dx.
  public static func differentiateMaximum(
    gradient: Tensor, positions: Buffer, window: PoolingWindow, into inputGradient: Tensor,
    part: (firstRow: Int, whole: Layout)? = nil
  ) {
    var geometry = geometry(inputGradient.layout, gradient.layout, window, part)
    precondition(positions.count == positionCount(output: part?.whole ?? gradient.layout))
    unsafe ck_max_pool_backward(
      &geometry, gradient.pointer, gradient.layout.strides, words(positions, part), inputGradient.pointer,
      inputGradient.layout.strides)
  }

  /// y = mean of the cells of the window that are not padding.
  public static func average(_ input: Tensor, window: PoolingWindow, into output: Tensor) {
    var geometry = window.geometry(input: input.layout, output: output.layout)
    unsafe ck_average_pool(&geometry, input.pointer, input.layout.strides, output.pointer, output.layout.strides)
  }

  /// dx = sum over the windows of the cell of dy / (cells of the window that are not padding). Overwrites dx.
  public static func differentiateAverage(gradient: Tensor, window: PoolingWindow, into inputGradient: Tensor) {
    var geometry = window.geometry(input: inputGradient.layout, output: gradient.layout)
    unsafe ck_average_pool_backward(
      &geometry, gradient.pointer, gradient.layout.strides, inputGradient.pointer, inputGradient.layout.strides)
  }

  private static func words(
    _ positions: Buffer, _ part: (firstRow: Int, whole: Layout)?
  ) -> UnsafeMutablePointer<UInt16> {
    let first = part.map { $0.firstRow * $0.whole.width * $0.whole.lanes } ?? 0
    return unsafe UnsafeMutableRawPointer(positions.pointer).assumingMemoryBound(to: UInt16.self) + first
  }
}
