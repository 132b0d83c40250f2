internal import CKernels
public import Tensors

/// Maximum and average over all positions of a channel, to one cell per channel, as Keras's GlobalMaxPooling and
/// GlobalAveragePooling.
public enum GlobalPooling {
  /// y = mean over positions, summed in doubles.
  public static func average(_ input: Tensor, into output: Tensor) {
    check(input.layout, pooled: output.layout)
    unsafe ck_global_average(
      input.pointer, input.layout.strides, input.layout.runs(), input.lanes, output.pointer, output.layout.channelStride
    )
  }

  /// dx = dy / positions.
  public static func differentiateAverage(gradient: Tensor, into inputGradient: Tensor) {
    check(inputGradient.layout, pooled: gradient.layout)
    unsafe ck_global_average_backward(
      gradient.pointer, gradient.layout.channelStride, inputGradient.pointer, inputGradient.layout.strides,
      inputGradient.layout.runs(), gradient.lanes)
  }

  /// Floats of a buffer that remembers which cell each output of `maximum` came from.
  public static func positionCount(output: Layout) -> Int { output.channels * output.lanes }

  /// y = maximum over positions; NaN if one of them is.
  ///
  /// - Parameter positions: `positionCount` floats that backward needs; nil where only y is wanted.
  public static func maximum(_ input: Tensor, into output: Tensor, positions: Buffer?) {
    check(input.layout, pooled: output.layout)
    if let positions { precondition(positions.count == positionCount(output: output.layout)) }
    unsafe ck_global_maximum(
      input.pointer, input.layout.strides, input.layout.runs(), input.lanes, output.pointer,
      output.layout.channelStride,
      positions.map(words))
  }

  /// dx = dy at the first cell that was the maximum, in row-major order, 0 elsewhere.
  public static func differentiateMaximum(gradient: Tensor, positions: Buffer, into inputGradient: Tensor) {
    check(inputGradient.layout, pooled: gradient.layout)
    precondition(positions.count == positionCount(output: gradient.layout))
    unsafe ck_global_maximum_backward(
      gradient.pointer, gradient.layout.channelStride, words(positions), inputGradient.pointer,
      inputGradient.layout.strides,
      inputGradient.layout.runs(), gradient.lanes)
  }

  private static func check(_ layout: Layout, pooled: Layout) {
    precondition(
      pooled.channels == layout.channels && pooled.lanes == layout.lanes && pooled.planeCount == pooled.lanes)
  }

  private static func words(_ positions: Buffer) -> UnsafeMutablePointer<Int32> {
    unsafe UnsafeMutableRawPointer(positions.pointer).assumingMemoryBound(to: Int32.self)
  }
}
