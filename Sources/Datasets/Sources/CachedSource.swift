import Synchronization
import Tensors

/// Keeps every picture of another source in memory once it has been read.
public final class CachedSource: WrappingSource {
  let base: any DataSource
  /// The positions of the columns that are kept.
  private let kept: [Int]
  /// The kept columns of sample after sample.
  private let pictures: Mutex<[[UInt8]?]>

  public init(_ base: any DataSource) {
    self.base = base
    kept = base.columns.indices.filter { base.columns[$0].kind.isPicture }
    pictures = Mutex(Array(repeating: nil, count: base.count * kept.count))
  }

  public var bytesInMemory: Int { base.bytesInMemory.saturatedSum([count, pictureSize].saturatedProduct) }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    var missing = wanted
    for (place, column) in kept.enumerated() where wanted.contains(column) {
      guard let bytes = pictures.withLock({ $0[index * kept.count + place] }) else { continue }
      sample.write(column, bytes)
      missing.remove(column)
    }
    try base.read(index, epoch: epoch, missing, into: &sample)
    for (place, column) in kept.enumerated() where missing.contains(column) {
      let bytes = sample.bytes(of: column)
      pictures.withLock { $0[index * kept.count + place] = bytes }
    }
  }
}
