public import HDF5
public import Tensors

/// Outputs of a part of a network for the samples of another source: floats that take their place, a row for each view
/// of each sample. They lie in memory or in a dataset of an HDF5 file.
public final class FeatureSource: DataSource {
  /// Where rows lie.
  public enum Rows: Sendable {
    case memory(Buffer)
    /// Of shape (rows, ...).
    case file(Dataset)
  }

  private let base: any DataSource
  private let views: Int
  private let rows: Rows
  public let shape: Shape

  /// - Parameters:
  ///   - base: gives labels and names.
  ///   - shape: of the features of one sample.
  ///   - views: row `view * base.count + sample` holds that view of a sample.
  public init(_ base: any DataSource, shape: Shape, views: Int, rows: Rows) {
    (self.base, self.shape, self.views, self.rows) = (base, shape, views, rows)
    if case .memory(let buffer) = rows { precondition(buffer.count == views * base.count * shape.count) }
  }

  public var location: String { base.location }
  public var count: Int { base.count }
  public var element: SampleElement { .float }
  public var classNames: [String] { base.classNames }

  public var bytesInMemory: Int {
    if case .memory(let buffer) = rows { buffer.count * MemoryLayout<Float>.stride } else { 0 }
  }

  public var notices: [String] { base.notices }
  public var isRandom: Bool { base.isRandom }

  public var labelCount: Int? { base.labelCount }

  public func label(at index: Int) -> Int { base.label(at: index) }

  public func hasLabel(_ label: Int, at index: Int) -> Bool { base.hasLabel(label, at: index) }

  public func name(of index: Int) -> String? { base.name(of: index) }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { try base.stored(index) }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try base.storedBytes(index) }

  public func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    try read(index, epoch: 0, into: &target)
  }

  public func read(_ index: Int, epoch: Int, into target: inout MutableRawSpan) throws(DataError) {
    precondition(index >= 0 && index < count && target.byteCount == sampleSize)
    let row = epoch % views * count + index
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
