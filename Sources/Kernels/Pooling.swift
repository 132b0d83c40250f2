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
  ///   - limit: makes that min(max(0, y), limit), infinity standing for none, as if every cell had gone through this rectifier;
  ///     where it is closed, backward gives the gradient to no cell. Nil leaves y alone.
  ///   - positions: `positionCount` floats that backward needs; nil where only y is wanted.
  public static func maximum(
    _ input: Tensor, window: PoolingWindow, limit: Float? = nil, into output: Tensor, positions: Buffer?
  ) {
    var geometry = window.geometry(input: input.layout, output: output.layout)
    if let positions { precondition(positions.count == positionCount(output: output.layout)) }
    unsafe ck_max_pool(
      &geometry, input.pointer, input.layout.strides, output.pointer, output.layout.strides, limit ?? 0,
      positions.map(words))
  }

  /// dx = sum of dy over the windows whose maximum the cell was; the first of equal cells in row-major order counts.
  /// Overwrites dx.
  public static func differentiateMaximum(
    gradient: Tensor, positions: Buffer, window: PoolingWindow, into inputGradient: Tensor
  ) {
    var geometry = window.geometry(input: inputGradient.layout, output: gradient.layout)
    precondition(positions.count == positionCount(output: gradient.layout))
    unsafe ck_max_pool_backward(
      &geometry, gradient.pointer, gradient.layout.strides, words(positions), inputGradient.pointer,
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

  private static func words(_ positions: Buffer) -> UnsafeMutablePointer<UInt16> {
    unsafe UnsafeMutableRawPointer(positions.pointer).assumingMemoryBound(to: UInt16.self)
  }
}
