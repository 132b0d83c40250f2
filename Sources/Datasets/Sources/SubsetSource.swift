/// Some samples of another source, in their order there.
public struct SubsetSource: WrappingSource {
  let base: any DataSource
  private let indices: [UInt32]
  public let location: String

  /// - Parameters:
  ///   - name: what the part is called in messages.
  ///   - indices: positions in `base`, at least one.
  public init(_ base: any DataSource, named name: String, indices: [UInt32]) {
    precondition(!indices.isEmpty)
    (self.base, self.indices) = (base, indices)
    location = "\(base.location) (\(name))"
  }

  public var count: Int { indices.count }

  /// Its share of what the whole source keeps.
  public var bytesInMemory: Int { base.bytesInMemory / base.count * count }

  func place(of index: Int) -> Int { Int(indices[index]) }
}
