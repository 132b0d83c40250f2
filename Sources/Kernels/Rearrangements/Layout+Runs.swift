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

  /// The longest runs of positions that are free of border cells in all of the layouts, which may differ in channels.
  func runsOfPositions(_ second: Layout, _ third: Layout? = nil) -> ck_extent {
    func axes(of other: Layout) -> Int {
      precondition(
        depth == other.depth && height == other.height && width == other.width && lanes == other.lanes,
        "\(self) and \(other) differ in their positions")
      return other.joinedAxes
    }
    return runs(joinedAxes: min(joinedAxes, 2, axes(of: second), third.map(axes) ?? 2))
  }

  func runs(joinedAxes axes: Int) -> ck_extent {
    ck_extent(
      channels: axes > 2 ? 1 : channels, slices: axes > 1 ? 1 : depth, rows: axes > 0 ? 1 : height,
      count: width * lanes * (axes > 0 ? height : 1) * (axes > 1 ? depth : 1) * (axes > 2 ? channels : 1))
  }

  /// How many elements lie along an axis: 0 the channels, 1 the width, 2 the height, 3 the depth.
  func size(ofAxis axis: Int) -> Int { axis == 0 ? channels : axis == 1 ? width : axis == 2 ? height : depth }

  /// Strides that walk along another axis as if it held the channels.
  func strides(channelAxis axis: Int) -> ck_strides {
    switch axis {
    case 0: strides
    case 1: ck_strides(channel: lanes, slice: channelStride, row: rowStride)
    case 2: ck_strides(channel: rowStride, slice: sliceStride, row: channelStride)
    default: ck_strides(channel: sliceStride, slice: channelStride, row: rowStride)
    }
  }

  /// The runs to those strides. Along the width of volumes there are none.
  func runs(_ second: Layout? = nil, _ third: Layout? = nil, channelAxis axis: Int) -> ck_extent {
    if axis == 0 { return runs(second, third) }
    if let second { _ = joinedAxes(ofSameExtent: second) }
    if let third { _ = joinedAxes(ofSameExtent: third) }
    switch axis {
    case 1:
      precondition(depth == 1, "volumes have no runs along their width")
      return ck_extent(channels: width, slices: channels, rows: height, count: lanes)
    case 2: return ck_extent(channels: height, slices: depth, rows: channels, count: width * lanes)
    default: return ck_extent(channels: depth, slices: channels, rows: height, count: width * lanes)
    }
  }

  private func joinedAxes(ofSameExtent other: Layout) -> Int {
    precondition(hasSameExtent(as: other), "\(self) and \(other) differ in more than strides")
    return other.joinedAxes
  }
}
