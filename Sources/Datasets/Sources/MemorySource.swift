public import Tensors

/// Samples held in memory.
public struct MemorySource: DataSource {
  public let location: String
  public let columns: [Column]
  public private(set) var otherColumns: [String] = []
  public private(set) var notices: [String] = []
  private let values: [ColumnValues]

  /// Images and their classes.
  ///
  /// - Parameters:
  ///   - samples: one after the other, row-major with channels last.
  ///   - labels: one for each sample.
  public init(
    location: String, shape: Shape, element: SampleElement = .byte, samples: [UInt8], labels: [Int32],
    classNames: [String] = []
  ) {
    self.init(
      location,
      [
        ColumnValues(.image(shape, element), bytes: samples), ColumnValues(.label(classNames), integers: labels),
      ])
  }

  /// - Parameters:
  ///   - values: of as many samples each; an image first, where there is one.
  ///   - otherColumns: names of what else the data has.
  public init(
    _ location: String, _ values: [ColumnValues], otherColumns: [String] = [], notices: [String] = []
  ) {
    precondition(values.allSatisfy { $0.count == values[0].count }, "samples and labels do not match")
    (self.location, self.values, self.otherColumns, self.notices) = (location, values, otherColumns, notices)
    columns = values.map(\.column)
  }

  public var count: Int { values[0].count }

  public var bytesInMemory: Int { values.reduce(0) { $0 + $1.bytesInMemory } }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double { values[column].number(place, at: index) }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) {
    for (position, values) in values.enumerated() where wanted.contains(position) {
      values.read(index, into: &sample, position)
    }
  }
}
