/// Where the elements of a shard of images lie: channel by channel, the images innermost ("one image per lane").
///
/// Element (lane, d, h, w, c) lies at `origin + c*channelStride + d*sliceStride + h*rowStride + w*lanes + lane`, in
/// floats. `lanes` is the number of images of a shard rounded up to a multiple of `laneMultiple`; lanes without an
/// image are dead: their activations are finite and mean nothing, their gradients are zero.
public struct Layout: Hashable, Sendable {
  /// Lanes come in multiples of this: the floats of one 512-bit vector, and of one cache line.
  public static let laneMultiple = 16

  public let channels: Int, depth: Int, height: Int, width: Int
  public let lanes: Int
  public let border: Border
  /// Floats from a row, a slice, a channel to the next.
  public let rowStride: Int, sliceStride: Int, channelStride: Int
  /// Floats from the start of the storage to the first element that is not border.
  public let origin: Int
  /// Floats of the storage, border and padding included.
  public let count: Int

  public init(_ shape: Shape, lanes: Int, border: Border = .none) {
    precondition(
      lanes > 0 && lanes % Layout.laneMultiple == 0, "\(lanes) lanes: not a multiple of \(Layout.laneMultiple)")
    (channels, depth, height, width) = (shape.channels, shape.depth, shape.height, shape.width)
    self.lanes = lanes
    self.border = border
    rowStride = (border.left + width + border.right) * lanes
    sliceStride = (border.top + height + border.bottom) * rowStride
    let plane = (border.front + depth + border.back) * sliceStride
    // Planes a multiple of 4,096 bytes apart would compete for the same cache sets: one line of padding spreads them.
    channelStride = plane % 1024 == 0 && channels > 1 ? plane + Layout.laneMultiple : plane
    origin = border.front * sliceStride + border.top * rowStride + border.left * lanes
    count = channels * channelStride
  }

  /// Some rows of every channel of an image, where they lie.
  public func rows(_ range: Range<Int>) -> Layout { Layout(self, rows: range) }

  private init(_ whole: Layout, rows: Range<Int>) {
    precondition(
      whole.depth == 1 && rows.lowerBound >= 0 && rows.upperBound <= whole.height, "no rows \(rows) in \(whole)")
    (channels, depth, height, width, lanes) = (whole.channels, 1, rows.count, whole.width, whole.lanes)
    (border, rowStride, sliceStride, channelStride) = (
      whole.border, whole.rowStride, whole.sliceStride, whole.channelStride
    )
    (origin, count) = (whole.origin + rows.lowerBound * whole.rowStride, whole.count)
  }

  /// Physical lanes for a shard of `images`.
  public static func lanes(forImages images: Int) -> Int {
    max(1, (images + laneMultiple - 1) / laneMultiple) * laneMultiple
  }

  /// Whether the elements of one channel are one run without border cells in between.
  public var planesAreContiguous: Bool { rowStride == width * lanes && sliceStride == height * rowStride }

  /// Floats of one channel without border.
  public var planeCount: Int { depth * height * width * lanes }

  public func offset(lane: Int, depth: Int = 0, height: Int = 0, width: Int = 0, channel: Int) -> Int {
    origin + channel * channelStride + depth * sliceStride + height * rowStride + width * lanes + lane
  }
}
