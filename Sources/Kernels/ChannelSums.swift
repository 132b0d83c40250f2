internal import CKernels
public import Tensors

/// Sums of a tensor over live images and positions, one per channel.
public enum ChannelSums {
  /// Overwrites `sums`: the gradient of a bias, when `tensor` is that of the output. Summed in doubles over at most 64
  /// positions each.
  public static func of(_ tensor: Tensor, live: Int, into sums: Buffer) {
    precondition(live >= 0 && live <= tensor.lanes && sums.count == tensor.layout.channels)
    unsafe ck_channel_sums(
      tensor.pointer, tensor.layout.strides, tensor.layout.runs(), tensor.lanes, live, sums.pointer)
  }
}
