import Kernels
import Tensors

/// Stores a column of sixteen samples in sixteen lanes of a tensor, row by row: rows become floats side by side, then
/// each cache line of the tensor is written whole.
@safe
final class ColumnWriter {
  private static let group = Layout.laneMultiple

  /// Its position in the samples.
  let column: Int
  private let element: SampleElement
  private let channels: Int, height: Int
  /// Numbers of a row of one sample: width times channels.
  private let rowCount: Int
  /// Floats from the row of one sample to that of the next.
  private let rowStride: Int
  /// One row of each of the sixteen samples.
  private let rows: Buffer
  /// The factor and offset of each number of a row.
  private let factors: Buffer, offsets: Buffer
  private let reversesChannels: Bool
  /// What pixels become that show nothing of the picture.
  private let outside: Float
  private let whole: Window
  private let isPicture: Bool
  /// Where the values of the sixteen samples lie.
  private var starts: [UnsafeRawPointer] = unsafe []

  /// - Parameters:
  ///   - column: its position in the samples.
  ///   - arithmetic: what becomes of its numbers.
  init(_ column: Int, _ description: Column, _ arithmetic: ChannelArithmetic) {
    let shape = description.shape
    self.column = column
    (element, channels, height) = (description.element, shape.channels, shape.height)
    reversesChannels = arithmetic.reversesChannels
    whole = Window(height: shape.height, width: shape.width)
    isPicture = description.kind.isPicture
    unsafe starts.reserveCapacity(ColumnWriter.group)
    outside = description.kind == .mask ? Float(description.void ?? 0) : 0
    rowCount = shape.width * shape.channels
    // An odd number of cache lines, so that sixteen rows do not compete for the same sets.
    rowStride = ((rowCount + 15) / 16 | 1) * 16
    rows = Buffer(count: ColumnWriter.group * rowStride)
    factors = Buffer((0..<rowCount).map { arithmetic.factors[$0 % shape.channels] })
    offsets = Buffer((0..<rowCount).map { arithmetic.offsets[$0 % shape.channels] })
  }

  /// Fills sixteen lanes: the samples first, zero behind them. The border is not touched.
  ///
  /// - Parameters:
  ///   - samples: at most sixteen.
  ///   - windows: what is seen of the pictures of each, by group of columns; nil sees all.
  ///   - group: that of this column.
  func fill(
    _ tensor: Tensor, firstLane: Int, with samples: ArraySlice<Sample>, _ windows: [[Window]]?, ofGroup group: Int
  ) {
    defer { withExtendedLifetime(samples) {} }
    unsafe starts.removeAll(keepingCapacity: true)
    for sample in samples { unsafe starts.append(UnsafeRawPointer(sample.start(of: column))) }
    if samples.count < ColumnWriter.group { rows.fill(0) }
    let windows = isPicture ? windows : nil
    for depth in 0..<tensor.layout.depth {
      for height in 0..<tensor.layout.height {
        for lane in 0..<samples.count { convertRow(lane, windows?[lane][group] ?? whole, depth: depth, height: height) }
        Interleaving.store(rows, stride: rowStride, into: tensor, firstLane: firstLane, depth: depth, height: height)
      }
    }
  }

  /// One row of one sample as floats.
  private func convertRow(_ lane: Int, _ window: Window, depth: Int, height: Int) {
    let row = unsafe rows.pointer + lane * rowStride
    guard window.rows.contains(height), !window.columns.isEmpty else {
      unsafe row.update(repeating: outside, count: rowCount)
      return
    }
    let storedRow = (depth * self.height + window.row(height)) * rowCount
    let start = unsafe starts[lane]
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
    unsafe row.update(repeating: outside, count: first)
    unsafe (row + end).update(repeating: outside, count: rowCount - end)
    if window.isMirrored || reversesChannels {
      // The stored channel of a channel c is start + c * step.
      let (start, step) = reversesChannels ? (channels - 1, -1) : (0, 1)
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
