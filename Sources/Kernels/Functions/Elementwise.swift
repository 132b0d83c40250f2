internal import CKernels
public import Tensors

/// Operations that treat every element alike, and copies between layouts.
public enum Elementwise {
  /// y = a + b; `rectified` y = max(0, a + b). `output` may be one of the inputs; more than two are added one after the
  /// other.
  public static func add(_ first: Tensor, _ second: Tensor, into output: Tensor, rectified: Bool = false) {
    let runs = first.layout.runs(second.layout, output.layout, joiningChannels: true)
    unsafe ck_add(
      first.pointer, first.layout.strides, second.pointer, second.layout.strides, output.pointer, output.layout.strides,
      runs, rectified ? 1 : 0,
      output.isStreamed && output.pointer != first.pointer && output.pointer != second.pointer ? 1 : 0)
  }

  /// y = x * scales[channel] + offsets[channel]. `output` may be `input`. Rescaling; with offsets of zero
  /// its backward direction.
  public static func scaleAndShift(_ input: Tensor, scales: Buffer, offsets: Buffer, into output: Tensor) {
    precondition(scales.count == input.layout.channels && offsets.count == input.layout.channels)
    unsafe ck_scale_and_shift(
      input.pointer, input.layout.strides, output.pointer, output.layout.strides, input.layout.runs(output.layout),
      scales.pointer, offsets.pointer)
  }

  /// Copies the elements between tensors of one shape, whatever their borders.
  public static func copy(_ input: Tensor, into output: Tensor) {
    let runs = input.layout.runs(output.layout, joiningChannels: true)
    if unsafe input.pointer == output.pointer && input.layout == output.layout { return }
    unsafe copy(input.pointer, input.layout.strides, output.pointer, output.layout.strides, runs)
  }

  static func copy(
    _ input: UnsafePointer<Float>, _ inputStrides: ck_strides, _ output: UnsafeMutablePointer<Float>,
    _ outputStrides: ck_strides,
    _ runs: ck_extent
  ) {
    unsafe ck_copy(input, inputStrides, output, outputStrides, runs)
  }

  /// Sets the elements, not the border, to zero.
  public static func clear(_ output: Tensor) {
    unsafe ck_clear(output.pointer, output.layout.strides, output.layout.runs(joiningChannels: true))
  }
}
