import Tensors

/// The samples of a source dealt out to parts, every class in the same proportions: a pure function of seed, labels and
/// sample ids.
///
/// In each class the samples are ordered by random numbers of their ids; of n samples, the parts take those up to n
/// times the sum of the shares so far, rounded. No sample is in two parts, and none is left out.
public struct StratifiedSplit: Sendable {
  /// Positions in the source, in order: one list for each share, then the rest.
  public let parts: [[UInt32]]

  /// - Parameters:
  ///   - shares: of every class, each above 0 and together below 1.
  ///   - seed: another one gives other parts.
  public init(_ source: any DataSource, shares: [Double], seed: UInt64) {
    precondition(shares.allSatisfy { $0 > 0 } && shares.reduce(0, +) < 1, "shares leave a rest")
    var classes: [[(key: UInt64, sample: UInt32)]] = []
    for index in 0..<source.count {
      let label = source.label(at: index)
      while classes.count <= label { classes.append([]) }
      var random = RandomStream(seed: seed, purpose: .splitting, minor: index)
      classes[label].append((random.next(), UInt32(index)))
    }
    var parts = Array(repeating: [UInt32](), count: shares.count + 1)
    for members in classes {
      let order = members.sorted { ($0.key, $0.sample) < ($1.key, $1.sample) }.map(\.sample)
      var (sum, start) = (0.0, 0)
      for (part, share) in (shares + [1]).enumerated() {
        sum += share
        let end = part == shares.count ? order.count : Int((Double(order.count) * sum).rounded())
        parts[part] += order[start..<end]
        start = end
      }
    }
    self.parts = parts.map { $0.sorted() }
  }
}
