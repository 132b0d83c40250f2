public import HDF5
public import Tensors

/// Outputs of a part of a network for the samples of another source: floats that take the place of a column, a row for
/// each view of each sample. They lie in memory or in a dataset of an HDF5 file.
public final class FeatureSource: WrappingSource {
  /// Where rows lie.
  public enum Rows: Sendable {
    case memory(Buffer)
    /// Of shape (rows, ...).
    case file(Dataset)
  }

  let base: any DataSource
  public let columns: [Column]
  private let position: Int
  private let views: Int
  private let rows: Rows

  /// - Parameters:
  ///   - base: gives everything else.
  ///   - position: of the column whose place the features take.
  ///   - shape: of the features of one sample.
  ///   - views: row `view * base.count + sample` holds that view of a sample.
  public init(
    _ base: any DataSource, inPlaceOf position: Int = 0, shape: Shape, views: Int, rows: Rows
  ) {
    (self.base, self.position, self.views, self.rows) = (base, position, views, rows)
    var columns = base.columns
    columns[position] = Column(columns[position].name, .image, .float, shape: shape)
    self.columns = columns
    if case .memory(let buffer) = rows { precondition(buffer.count == views * base.count * shape.count) }
  }

  public var bytesInMemory: Int {
    if case .memory(let buffer) = rows { buffer.count * MemoryLayout<Float>.stride } else { 0 }
  }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    precondition(index >= 0 && index < count)
    if wanted.contains(position) {
      try sample.write(position) { (target) throws(DataError) in try read(epoch % views * count + index, into: &target)
      }
    }
    var others = wanted
    others.remove(position)
    try base.read(index, epoch: epoch, others, into: &sample)
  }

  private func read(_ row: Int, into target: inout MutableRawSpan) throws(DataError) {
    let shape = columns[position].shape
    try unsafe target.withUnsafeMutableBytes { (target) throws(DataError) in
      switch rows {
      case .memory(let buffer):
        let features = buffer[row * shape.count..<(row + 1) * shape.count]
        unsafe features.withBytes { unsafe target.copyMemory(from: $0) }
      case .file(let dataset):
        do throws(HDF5Error) {
          try unsafe dataset.read(rows: row..<row + 1, into: target.bindMemory(to: Float.self))
        } catch {
          throw DataError(error)
        }
      }
    }
  }
}
