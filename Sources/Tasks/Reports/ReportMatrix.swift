import Networks

/// Counts of what is of one class and was taken for each.
public struct ReportMatrix: Sendable {
  public let name: String
  /// What a picture says above it, behind file and split.
  public let title: String
  public let classNames: [String]
  /// By label, then by class that it was taken for.
  public let rows: [[Int]]

  var json: JSONValue { .array(rows.map { .array($0.map { .integer($0) }) }) }

  var csv: String {
    let names = classNames.map(ReportText.field)
    let lines = zip(names, rows).map { name, row in ([name] + row.map(String.init)).joined(separator: ",") }
    return ([(["label"] + names).joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
  }

  /// Pairs of different classes that were taken for each other, the most frequent first.
  public var mistakes: [(label: Int, predicted: Int, count: Int)] {
    var found: [(label: Int, predicted: Int, count: Int)] = []
    for (label, row) in rows.enumerated() {
      for (predicted, count) in row.enumerated() where predicted != label && count > 0 {
        found.append((label, predicted, count))
      }
    }
    return found.sorted { ($1.count, $0.label, $0.predicted) < ($0.count, $1.label, $1.predicted) }
  }
}
