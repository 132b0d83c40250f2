internal import CKernels
internal import Tensors

extension Layout {
  var strides: ck_strides { ck_strides(channel: channelStride, slice: sliceStride, row: rowStride) }

  /// How many axes can be joined into one run: 0 rows are runs, 1 slices, 2 planes, 3 everything.
  private var joinedAxes: Int {
    guard height == 1 || rowStride == width * lanes else { return 0 }
    guard depth == 1 || sliceStride == height * width * lanes else { return 1 }
    guard channels == 1 || channelStride == planeCount else { return 2 }
    return 3
  }

  func hasSameExtent(as other: Layout) -> Bool {
    channels == other.channels && depth == other.depth && height == other.height && width == other.width
      && lanes == other.lanes
  }

  /// The longest runs that are free of border cells in all of the layouts, which must be of one extent.
  ///
  /// - Parameter joiningChannels: whether a run may go on in the next channel.
  func runs(_ second: Layout? = nil, _ third: Layout? = nil, joiningChannels: Bool = false) -> ck_extent {
    var axes = joiningChannels ? joinedAxes : min(joinedAxes, 2)
    if let second { axes = min(axes, joinedAxes(ofSameExtent: second)) }
    if let third { axes = min(axes, joinedAxes(ofSameExtent: third)) }
    return runs(joinedAxes: axes)
  }

  func runs(joinedAxes axes: Int) -> ck_extent {
    ck_extent(
      channels: axes > 2 ? 1 : channels, slices: axes > 1 ? 1 : depth, rows: axes > 0 ? 1 : height,
      count: width * lanes * (axes > 0 ? height : 1) * (axes > 1 ? depth : 1) * (axes > 2 ? channels : 1))
  }

  private func joinedAxes(ofSameExtent other: Layout) -> Int {
    precondition(hasSameExtent(as: other), "\(self) and \(other) differ in more than strides")
    return other.joinedAxes
  }
}
