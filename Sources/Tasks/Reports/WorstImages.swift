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

    /// The name, or the position.
    var label: String { name ?? String(sample) }
  }

  /// What the score is called.
  public let metric: String
  public let isBetterHigher: Bool
  /// How many are kept.
  public let limit: Int
  public private(set) var entries: [Entry] = []

  /// - Parameter metric: nil is the loss of the image.
  public init(_ metric: NamedMetric?, limit: Int = 20) {
    self.metric = metric?.name ?? "loss"
    isBetterHigher = metric?.metric.isBetterHigher ?? false
    self.limit = limit
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

  /// For people: the first ones.
  public func table(first count: Int) -> ReportTable {
    ReportTable(
      name: "worst", file: "worst.csv",
      columns: [.init("image", "image", .text), .init(metric, metric)],
      rows: entries.prefix(count).map { [.string($0.label), .number($0.score)] })
  }

  var csv: String {
    let lines = entries.map { "\(ReportText.field($0.label)),\($0.score)" }
    return (["image,\(ReportText.field(metric))"] + lines).map { $0 + "\n" }.joined()
  }
}
