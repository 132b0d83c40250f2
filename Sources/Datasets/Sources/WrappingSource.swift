/// A source that changes something of another one and takes everything else from it.
protocol WrappingSource: DataSource {
  var base: any DataSource { get }

  /// Where a sample is in the other source.
  func place(of index: Int) -> Int
}

extension WrappingSource {
  public var location: String { base.location }
  public var count: Int { base.count }
  public var columns: [Column] { base.columns }
  public var bytesInMemory: Int { base.bytesInMemory }
  public var otherColumns: [String] { base.otherColumns }
  public var notices: [String] { base.notices }
  public var isRandom: Bool { base.isRandom }
  public var changesWithEpochs: Bool { base.changesWithEpochs }

  public func begin(epoch: Int) { base.begin(epoch: epoch) }

  public func place(of index: Int) -> Int { index }

  public func name(of index: Int) -> String? { base.name(of: place(of: index)) }

  public func group(of index: Int) -> Int? { base.group(of: place(of: index)) }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double {
    base.number(place, of: column, at: self.place(of: index))
  }

  public func stored(_ index: Int) throws(DataError) -> StoredSample { try base.stored(place(of: index)) }

  public func storedBytes(_ index: Int) throws(DataError) -> [UInt8] { try base.storedBytes(place(of: index)) }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    try base.read(place(of: index), epoch: epoch, wanted, into: &sample)
  }
}
