public import Networks

/// A part of what an evaluation reports: figures, a table, a matrix, a curve, or images.
public enum ReportPart: Sendable {
  /// Keys and values at the top of `evaluation.json`.
  case figures([(key: String, value: JSONValue)])
  case table(ReportTable)
  case matrix(ReportMatrix)
  case histogram(ReportHistogram)
  case images(WorstImages)

  /// What `evaluation.json` says of it.
  var entries: [(key: String, value: JSONValue)] {
    switch self {
    case .figures(let figures): figures.filter { $0.value != .null }
    case .table(let table): [(table.name, table.json)]
    case .matrix(let matrix): [(matrix.name, matrix.json)]
    case .histogram(let histogram): [(histogram.name, histogram.json)]
    case .images(let images): [("worst", images.json)]
    }
  }
}

extension JSONValue {
  /// Null where there is no number.
  static func ifFinite(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }

  /// As a table shows it: nothing for null.
  var tableText: String {
    switch self {
    case .null: ""
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): String(number)
    case .bool(let value): String(value)
    default: brief
    }
  }
}

/// Rows of values, such as one for each class.
public struct ReportTable: Sendable {
  public let name: String
  /// The file of comma-separated values.
  public let file: String
  /// What a column is called in the file, and in JSON.
  public let columns: [(title: String, key: String)]
  public let rows: [[JSONValue]]

  var json: JSONValue {
    .array(
      rows.map { row in
        var entries: [String: JSONValue] = [:]
        for (column, value) in zip(columns, row) where value != .null { entries[column.key] = value }
        return .object(entries)
      })
  }

  var csv: String {
    let lines = rows.map { row in row.map { ReportText.field($0.tableText) }.joined(separator: ",") }
    return ([columns.map { $0.title }.joined(separator: ",")] + lines).map { $0 + "\n" }.joined()
  }
}

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
