import Kernels

/// Which columns of a source become the tensors of a shard.
struct LoadedColumns: Sendable {
  let inputs: [Int]
  let targets: [Int]
  /// The column that says how much samples count; nil where all count the same.
  let weight: Int?

  /// - Parameters:
  ///   - inputs: names of columns; nil for the first.
  ///   - targets: names of columns; nil for the class or classes, where there are any.
  init(_ columns: [Column], inputs: [String]?, targets: [String]?) {
    func position(_ name: String) -> Int {
      guard let position = columns.firstIndex(where: { $0.name == name }) else {
        preconditionFailure("there is no column '\(name)'")
      }
      return position
    }
    self.inputs = inputs?.map(position) ?? [0]
    self.targets = targets?.map(position) ?? columns.firstIndex { $0.kind.isLabel }.map { [$0] } ?? []
    weight = columns.firstIndex { $0.kind == .weight }
  }

  /// How each input is cut.
  ///
  /// - Parameter cuts: of the first inputs; the others are whole.
  func cuts(_ cuts: [StripMove.Cut?]) -> [StripMove.Cut?] {
    inputs.indices.map { $0 < cuts.count ? cuts[$0] : nil }
  }

  /// All that must be read.
  var wanted: ColumnSet { ColumnSet(inputs + targets + [weight].compactMap(\.self)) }
}
