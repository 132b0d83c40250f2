import Synchronization
public import Tensors

/// Keeps every sample of another source in memory once it has been read.
public final class CachedSource: DataSource {
  private let base: any DataSource
  private let samples: Mutex<[[UInt8]?]>

  public init(_ base: any DataSource) {
    self.base = base
    samples = Mutex(Array(repeating: nil, count: base.count))
  }

  public var location: String { base.location }
  public var count: Int { base.count }
  public var shape: Shape { base.shape }
  public var element: SampleElement { base.element }
  public var classNames: [String] { base.classNames }

  public var bytesInMemory: Int { base.bytesInMemory.saturatedSum([count, sampleSize].saturatedProduct) }

  public var notices: [String] { base.notices }
  public var isRandom: Bool { base.isRandom }

  public var labelCount: Int? { base.labelCount }

  public func name(of index: Int) -> String? { base.name(of: index) }

  public func label(at index: Int) -> Int { base.label(at: index) }

  public func hasLabel(_ label: Int, at index: Int) -> Bool { base.hasLabel(label, at: index) }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { try base.stored(index) }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try base.storedBytes(index) }

  public func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    let bytes: [UInt8]
    if let kept = samples.withLock({ $0[index] }) {
      bytes = kept
    } else {
      bytes = try base.sample(index)
      samples.withLock { $0[index] = bytes }
    }
    unsafe target.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
  }
}
