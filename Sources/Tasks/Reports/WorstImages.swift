import Networks

/// The images with the worst scores of a metric of single images, the worst first.
///
/// The same on any number of ranks: an image's score follows from it alone, and equal ones are in the order of their
/// samples, so that what several ranks have found merges in any order.
public struct WorstImages: Sendable, Codable, Hashable {
  public struct Entry: Sendable, Codable, Hashable {
    /// The position in the source.
    public let sample: Int
    /// What it is called, where it has a name; set by who knows the source.
    public var name: String?
    public let score: Double
  }

  /// What the score is called.
  public let metric: String
  public let isBetterHigher: Bool
  /// How many are kept.
  public let limit: Int
  public private(set) var entries: [Entry] = []

  public init(_ metric: NamedMetric, limit: Int = 20) {
    (self.metric, isBetterHigher, self.limit) = (metric.name, metric.metric.isBetterHigher, limit)
  }

  public mutating func add(_ score: Double, sample: Int) {
    entries.append(Entry(sample: sample, name: nil, score: score))
    if entries.count > 2 * limit { sort() }
  }

  public mutating func merge(_ other: WorstImages) {
    entries += other.entries
    sort()
  }

  /// Gives every image its name.
  public mutating func name(_ name: (Int) -> String?) {
    sort()
    for index in entries.indices { entries[index].name = name(entries[index].sample) }
  }

  /// What is not a number is worst.
  private mutating func sort() {
    func badness(_ entry: Entry) -> Double {
      entry.score.isNaN ? .infinity : isBetterHigher ? -entry.score : entry.score
    }
    entries.sort { (badness($1), $0.sample) < (badness($0), $1.sample) }
    if entries.count > limit { entries.removeLast(entries.count - limit) }
  }

  var json: JSONValue {
    .array(
      entries.map { entry in
        .object([
          "image": entry.name.map { .string($0) } ?? .integer(entry.sample), metric: .number(entry.score),
        ])
      })
  }

  var csv: String {
    let lines = entries.map { "\(ReportText.field($0.name ?? String($0.sample))),\($0.score)" }
    return (["image,\(ReportText.field(metric))"] + lines).map { $0 + "\n" }.joined()
  }
}
