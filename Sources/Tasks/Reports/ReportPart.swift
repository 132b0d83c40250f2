public import Networks

/// A part of what an evaluation reports: figures, a table, a matrix, a curve, or images.
public enum ReportPart: Sendable {
  /// One line for people.
  case summary(String)
  /// Keys and values at the top of `evaluation.json`.
  case figures([(key: String, value: JSONValue)])
  case table(ReportTable)
  case matrix(ReportMatrix)
  case histogram(ReportHistogram)
  case images(WorstImages)

  /// What `evaluation.json` says of it.
  var entries: [(key: String, value: JSONValue)] {
    switch self {
    case .summary: []
    case .figures(let figures): figures.filter { $0.value != .null }
    case .table(let table): [(table.name, table.json)]
    case .matrix(let matrix): [(matrix.name, matrix.json)]
    case .histogram(let histogram): [(histogram.name, histogram.json)]
    case .images: []
    }
  }

  /// The same for one of several outputs, whose name goes before all others.
  func prefixed(_ output: String) -> ReportPart {
    switch self {
    case .summary(let text): .summary("\(output): \(text)")
    case .figures(let figures): .figures(figures.map { ("\(output)_\($0.key)", $0.value) })
    case .table(let table): .table(table.prefixed(output))
    case .matrix(let matrix):
      .matrix(
        ReportMatrix(
          name: "\(output)-\(matrix.name)", title: "\(output), \(matrix.title)", classNames: matrix.classNames,
          rows: matrix.rows))
    case .histogram(let histogram):
      .histogram(ReportHistogram(name: "\(output)-\(histogram.name)", bars: histogram.bars))
    case .images: self
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
