/// Another source, of whose samples it is known which belong together.
struct GroupedSource: WrappingSource {
  let base: any DataSource
  /// The number of its group for each sample.
  private let groups: [Int32]

  /// - Parameter values: one for each sample, the same in every sample of a group.
  init(_ base: any DataSource, groups values: [String]) {
    precondition(values.count == base.count)
    self.base = base
    let names = Set(values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    groups = values.map { numbers[$0]! }
  }

  func group(of index: Int) -> Int? { Int(groups[index]) }
}
