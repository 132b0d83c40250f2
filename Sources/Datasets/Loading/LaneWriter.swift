import Kernels
import Tensors

/// Reads samples, preprocesses and augments them, and stores one in each lane of a tensor.
///
/// Sixteen samples are handled together, row by row: their rows become floats side by side, then each cache line of the
/// tensor is written whole. Belongs to one thread.
@safe
final class LaneWriter {
  private static let group = Layout.laneMultiple

  private let source: any DataSource
  private let preparation: Preparation
  private let element: SampleElement
  private let channels: Int, height: Int
  /// Numbers of a row of one sample: width times channels.
  private let rowCount: Int
  /// Floats from the row of one sample to that of the next.
  private let rowStride: Int
  /// The stored bytes of sixteen samples.
  private let stored: Buffer
  private let storedStride: Int
  /// One row of each of the sixteen samples.
  private let rows: Buffer
  /// The factor and offset of each number of a row.
  private let factors: Buffer, offsets: Buffer

  init(_ source: any DataSource, _ preparation: Preparation) {
    precondition(source.shape == preparation.shape && source.element == preparation.element)
    (self.source, self.preparation) = (source, preparation)
    let shape = source.shape
    (element, channels, height) = (source.element, shape.channels, shape.height)
    rowCount = shape.width * shape.channels
    // An odd number of cache lines, so that sixteen rows do not compete for the same sets.
    rowStride = ((rowCount + 15) / 16 | 1) * 16
    rows = Buffer(count: LaneWriter.group * rowStride)
    storedStride = (source.sampleSize + 63) / 64 * 16
    stored = Buffer(count: LaneWriter.group * storedStride)
    factors = Buffer((0..<rowCount).map { preparation.factors[$0 % shape.channels] })
    offsets = Buffer((0..<rowCount).map { preparation.offsets[$0 % shape.channels] })
  }

  /// Fills every lane of a tensor: the samples first, zero behind them. The border is not touched.
  func fill(_ tensor: Tensor, with samples: ArraySlice<UInt32>, epoch: Int) throws(DataError) {
    precondition(tensor.shape == source.shape && samples.count <= tensor.lanes)
    for firstLane in stride(from: 0, to: tensor.lanes, by: LaneWriter.group) {
      let group = samples.dropFirst(firstLane).prefix(LaneWriter.group)
      for (lane, sample) in group.enumerated() {
        let start = unsafe UnsafeMutableRawPointer(stored.pointer + lane * storedStride)
        var span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: source.sampleSize)
        try source.read(Int(sample), epoch: epoch, into: &span)
      }
      if group.count < LaneWriter.group { rows.fill(0) }
      let windows = group.map { preparation.window(epoch: epoch, sample: Int($0)) }
      for depth in 0..<tensor.layout.depth {
        for height in 0..<tensor.layout.height {
          for (lane, window) in windows.enumerated() { convertRow(lane, window, depth: depth, height: height) }
          Interleaving.store(rows, stride: rowStride, into: tensor, firstLane: firstLane, depth: depth, height: height)
        }
      }
    }
  }

  /// One row of one sample as floats.
  private func convertRow(_ lane: Int, _ window: Window, depth: Int, height: Int) {
    let row = unsafe rows.pointer + lane * rowStride
    guard window.rows.contains(height), !window.columns.isEmpty else {
      unsafe row.update(repeating: 0, count: rowCount)
      return
    }
    let storedRow = (depth * self.height + height + window.top) * rowCount
    let start = unsafe UnsafeRawPointer(stored.pointer + lane * storedStride)
    switch element {
    case .byte: unsafe convert(start.assumingMemoryBound(to: UInt8.self) + storedRow, row, window) { Float($0) }
    case .float: unsafe convert(start.assumingMemoryBound(to: Float.self) + storedRow, row, window) { $0 }
    }
  }

  @inline(__always)
  private func convert<Number>(
    _ stored: UnsafePointer<Number>, _ row: UnsafeMutablePointer<Float>, _ window: Window, _ float: (Number) -> Float
  ) {
    let channels = channels
    let (factors, offsets) = unsafe (factors.pointer, offsets.pointer)
    let columns = window.columns
    let (first, end) = (columns.lowerBound * channels, columns.upperBound * channels)
    unsafe row.update(repeating: 0, count: first)
    unsafe (row + end).update(repeating: 0, count: rowCount - end)
    if window.isMirrored || preparation.reversesChannels {
      // The stored channel of a channel c is start + c * step.
      let (start, step) = preparation.reversesChannels ? (channels - 1, -1) : (0, 1)
      for column in columns {
        let input = unsafe stored + (window.isMirrored ? window.left - column : window.left + column) * channels + start
        let output = unsafe row + column * channels
        for channel in 0..<channels {
          unsafe output[channel] = float(input[channel * step]) * factors[channel] + offsets[channel]
        }
      }
    } else {
      let input = unsafe stored + window.left * channels
      for index in first..<end { unsafe row[index] = float(input[index]) * factors[index] + offsets[index] }
    }
  }
}
