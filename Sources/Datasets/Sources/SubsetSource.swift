public import Tensors

/// Some samples of another source, in their order there.
public struct SubsetSource: DataSource {
  private let base: any DataSource
  private let indices: [UInt32]

  /// - Parameters:
  ///   - name: what the part is called in messages.
  ///   - indices: positions in `base`, at least one.
  public init(_ base: any DataSource, named name: String, indices: [UInt32]) {
    precondition(!indices.isEmpty)
    (self.base, self.indices) = (base, indices)
    location = "\(base.location) (\(name))"
  }

  public let location: String
  public var count: Int { indices.count }
  public var shape: Shape { base.shape }
  public var element: SampleElement { base.element }
  public var classNames: [String] { base.classNames }

  /// Its share of what the whole source keeps.
  public var bytesInMemory: Int { base.bytesInMemory / base.count * count }

  public var notices: [String] { base.notices }
  public var isRandom: Bool { base.isRandom }

  public var labelCount: Int? { base.labelCount }

  public func name(of index: Int) -> String? { base.name(of: Int(indices[index])) }

  public func label(at index: Int) -> Int { base.label(at: Int(indices[index])) }

  public func hasLabel(_ label: Int, at index: Int) -> Bool { base.hasLabel(label, at: Int(indices[index])) }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { try base.stored(Int(indices[index])) }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try base.storedBytes(Int(indices[index])) }

  public func read(_ index: Int, into target: inout MutableRawSpan) throws(DataError) {
    try base.read(Int(indices[index]), into: &target)
  }
}
