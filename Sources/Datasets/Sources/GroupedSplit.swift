import Tensors

/// The samples of a source dealt out to parts, no group to two of them: a pure function of seed and groups.
///
/// The groups are ordered by random numbers of their own; each goes to the part in whose share of all samples its
/// middle lies. So the parts have their shares as nearly as whole groups allow, and a larger share holds the smaller
/// one.
public struct GroupedSplit: Sendable {
  /// Positions in the source, in order: one list for each share, then the rest.
  public let parts: [[UInt32]]

  /// - Parameters:
  ///   - source: whose samples have groups, numbered in the order of their names.
  ///   - shares: each above 0 and together below 1.
  ///   - seed: another one gives other parts.
  public init(_ source: any DataSource, shares: [Double], seed: UInt64) {
    precondition(shares.allSatisfy { $0 > 0 } && shares.reduce(0, +) < 1, "shares leave a rest")
    var groups: [Int: [UInt32]] = [:]
    for index in 0..<source.count { groups[source.group(of: index)!, default: []].append(UInt32(index)) }
    let order = groups.keys.map { number in
      var random = RandomStream(seed: seed, purpose: .splitting, minor: number)
      return (key: random.next(), number: number)
    }.sorted { ($0.key, $0.number) < ($1.key, $1.number) }
    var parts = Array(repeating: [UInt32](), count: shares.count + 1)
    var taken = 0
    for (_, number) in order {
      let members = groups[number]!
      let middle = (Double(taken) + Double(members.count) / 2) / Double(source.count)
      var (part, end) = (0, 0.0)
      while part < shares.count {
        end += shares[part]
        if middle < end { break }
        part += 1
      }
      parts[part] += members
      taken += members.count
    }
    self.parts = parts.map { $0.sorted() }
  }
}
