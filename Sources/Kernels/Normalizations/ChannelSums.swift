internal import CKernels
public import Tensors

/// Sums of a tensor over live images and positions, one per channel.
public enum ChannelSums {
  /// Sets the gradient of an output that ends in a rectifier, min(max(0, y), maximum), to zero where the output is 0 or
  /// the maximum, and writes the sums of what is left, over all lanes, to `sums`, if given.
  public static func close(_ gradient: Tensor, of output: Tensor, maximum: Float, sums: Buffer?) {
    precondition(sums.map { $0.count == gradient.layout.channels } ?? true, "a sum for each channel")
    unsafe ck_close_and_sum(
      output.pointer, output.layout.strides, gradient.pointer, gradient.layout.strides,
      gradient.layout.runs(output.layout), maximum, sums.map { unsafe $0.pointer })
  }

  /// Overwrites `sums`: the gradient of a bias, when `tensor` is that of the output. Summed in doubles over at most 64
  /// positions each.
  public static func of(_ tensor: Tensor, live: Int, into sums: Buffer) {
    precondition(live >= 0 && live <= tensor.lanes && sums.count == tensor.layout.channels)
    unsafe ck_channel_sums(
      tensor.pointer, tensor.layout.strides, tensor.layout.runs(), tensor.lanes, live, sums.pointer)
  }
}
