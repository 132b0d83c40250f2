/// Which classes are so rare beside the most frequent one that a network hardly learns them.
package enum ClassBalance {
  /// As many times as a class the most frequent one may come before it counts as rare.
  private static let limit = 20

  /// The rare classes with samples, and the most frequent one.
  package static func rare<Name>(
    _ counts: [(name: Name, count: Int)]
  ) -> (rare: [(name: Name, count: Int)], most: (name: Name, count: Int))? {
    let present = counts.filter { $0.count > 0 }
    guard let most = present.max(by: { $0.count < $1.count }) else { return nil }
    let rare = present.filter { $0.count * limit <= most.count }
    return rare.isEmpty ? nil : (rare, most)
  }
}
