internal import CKernels
public import Tensors

/// Samples that lie one after the other, as lanes of a tensor.
public enum Interleaving {
  /// Writes one row of each of sixteen samples, width by channels, into sixteen lanes of a row of a tensor.
  ///
  /// - Parameters:
  ///   - rows: the sample's rows, `stride` floats apart: at least width times channels, rounded up to a multiple of 16.
  ///   - firstLane: a multiple of 16.
  public static func store(_ rows: Buffer, stride: Int, into tensor: Tensor, firstLane: Int, depth: Int, height: Int) {
    let layout = tensor.layout
    precondition(stride >= (layout.width * layout.channels + 15) / 16 * 16 && rows.count >= 16 * stride)
    precondition(firstLane % 16 == 0 && firstLane + 16 <= layout.lanes)
    let start = layout.offset(lane: firstLane, depth: depth, height: height, channel: 0)
    unsafe ck_interleave_row(
      rows.pointer, stride, layout.width, layout.channels, tensor.storage.pointer + start, layout.channelStride,
      layout.lanes)
  }
}
