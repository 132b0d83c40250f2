import Networks

/// Counts of what lies between two numbers, bar by bar.
public struct ReportHistogram: Sendable {
  public let name: String
  public let bars: [(from: Double, to: Double, count: Int)]

  var json: JSONValue {
    .array(bars.map { .object(["from": .number($0.from), "to": .number($0.to), "count": .integer($0.count)]) })
  }

  var csv: String {
    (["from,to,count"] + bars.map { "\($0.from),\($0.to),\($0.count)" }).map { $0 + "\n" }.joined()
  }
}
