import Foundation
import Tensors

/// Rows of a table with further ones between them, so that every class has as many as the largest: SMOTE (N. V. Chawla
/// and others, "SMOTE: Synthetic Minority Over-sampling Technique", 2002), as imbalanced-learn does it.
///
/// A further row of a class lies on the line from one of its rows to one of its nearest neighbours in the class:
/// row + gap * (neighbour - row), gap uniform in 0..<1. Its other columns are those of the row. The samples of the base
/// come first, in their order.
public struct OversampledSource: WrappingSource {
  /// A row that is made of two.
  struct Synthetic: Sendable {
    let row: Int, neighbour: Int
    let gap: Float
  }

  package let base: any DataSource
  let synthetics: [Synthetic]
  /// Columns of numbers, which lie between two rows.
  private let mixed: [Int]

  public let location: String

  /// Throws where samples have other values than numbers and classes, or a class has too few.
  ///
  /// - Parameter neighbours: rows of the same class that further ones may lie beside.
  public init(_ base: any DataSource, neighbours: Int, seed: UInt64) throws(DataError) {
    let location = base.location
    func refuse(_ problem: String, _ remedy: String) -> DataError {
      DataError(location, problem, remedy: remedy)
    }
    guard let label = base.labelColumn, base.columns[label].kind == .category else {
      throw refuse("has no class for each sample, whose numbers SMOTE could balance", "remove 'data.sampling: smote'")
    }
    for (position, column) in base.columns.enumerated() where position != label {
      guard column.element == .float, column.kind == .numbers || column.kind == .image && column.shape.rank == 1 else {
        throw refuse(
          "has the column '\(column.name)' of the kind \(column.kind.rawValue), but SMOTE makes rows of numbers only",
          "use 'data.sampling: balanced'")
      }
    }
    let mixed = base.columns.indices.filter { $0 != label }
    let rows = try (0..<base.count).map { (index) throws(DataError) in try base.numbers(of: mixed, at: index) }
    var classes: [Int: [Int]] = [:]
    for index in 0..<base.count { classes[base.label(at: index), default: []].append(index) }
    let most = classes.values.map(\.count).max()!
    var synthetics: [Synthetic] = []
    for (number, members) in classes.sorted(by: { $0.key < $1.key }) where members.count < most {
      guard members.count > neighbours else {
        let names = base.classNames
        let name = names.indices.contains(number) ? names[number] : String(number)
        throw refuse(
          "has \(members.count) samples of the class '\(name)', but SMOTE takes \(neighbours) neighbours of each",
          "give it more samples, or set 'data.sampling: {smote: \(max(1, members.count - 1))}'")
      }
      var nearest: [Int: [Int]] = [:]
      for further in 0..<most - members.count {
        var random = RandomStream(seed: seed, purpose: .oversampling, major: number, minor: further)
        let row = members[random.integer(below: members.count)]
        let place = random.integer(below: neighbours)
        let near = nearest[row] ?? OversampledSource.nearest(neighbours, to: row, among: members, rows)
        nearest[row] = near
        synthetics.append(Synthetic(row: row, neighbour: near[place], gap: random.uniform()))
      }
    }
    (self.base, self.mixed, self.synthetics, self.location) = (base, mixed, synthetics, location)
  }

  /// The nearest others by the distance of Euclid, the first where several are as near.
  package static func nearest(_ count: Int, to row: Int, among members: [Int], _ rows: [[Float]]) -> [Int] {
    let distances = members.map { member in
      zip(rows[row], rows[member]).reduce(0.0) { sum, pair in
        let difference = Double(pair.0) - Double(pair.1)
        return sum + difference * difference
      }
    }
    let sorted = members.indices.filter { members[$0] != row }.sorted {
      (distances[$0], $0) < (distances[$1], $1)
    }
    return sorted.prefix(count).map { members[$0] }
  }

  /// One number of a row between two.
  package static func between(_ row: Float, _ neighbour: Float, gap: Float) -> Float { row + gap * (neighbour - row) }

  public var count: Int { base.count + synthetics.count }

  public var notices: [String] {
    base.notices + ["SMOTE: \(synthetics.count) rows are added to the \(base.count) of \(base.location)"]
  }

  func place(of index: Int) -> Int { index < base.count ? index : synthetics[index - base.count].row }

  public func number(_ place: Int, of column: Int, at index: Int) -> Double {
    guard index >= base.count, mixed.contains(column) else {
      return base.number(place, of: column, at: self.place(of: index))
    }
    let synthetic = synthetics[index - base.count]
    func number(_ row: Int) -> Float { Float(base.number(place, of: column, at: row)) }
    return Double(
      OversampledSource.between(number(synthetic.row), number(synthetic.neighbour), gap: synthetic.gap))
  }

  public func read(_ index: Int, epoch: Int, _ wanted: ColumnSet, into sample: inout Sample) throws(DataError) {
    try base.read(place(of: index), epoch: epoch, wanted, into: &sample)
    guard index >= base.count else { return }
    for column in mixed where wanted.contains(column) {
      for place in 0..<columns[column].shape.count {
        sample[column, place] = Float(number(place, of: column, at: index))
      }
    }
  }
}

extension DataSource {
  /// The numbers of some columns of a sample, side by side.
  fileprivate func numbers(of columns: [Int], at index: Int) throws(DataError) -> [Float] {
    var sample = Sample(self.columns, ColumnSet(columns))
    try read(index, epoch: 0, ColumnSet(columns), into: &sample)
    return columns.flatMap(sample.numbers)
  }
}
