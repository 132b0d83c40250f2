import Foundation
import Networks
import Tasks
import Tensors

extension EvaluationDocument {
  /// Rows up to whose number each is shown, and classes up to whose number a matrix is.
  private static let longestList = 100
  private static let widestMatrix = 16
  private static let shown = 10
  private static let shownImages = 5

  /// The text that a person wants to see at once: a sentence, a line for each class or number, which classes are taken
  /// for each other, and the worst images.
  var text: String { parts.compactMap(text).joined(separator: "\n\n") }

  private func text(_ part: ReportPart) -> String? {
    switch part {
    case .summary(let line): line
    case .figures: nil
    case .table(let table): text(table)
    case .matrix(let matrix): text(matrix)
    case .histogram(let histogram): text(histogram)
    case .images(let images): text(images)
    }
  }

  private func text(_ table: ReportTable) -> String {
    var lines = TextTable(
      table.columns.map { ($0.title == "f1" ? "F1" : $0.title, $0.style == .text ? .left : .right) })
    let isWhole = table.rows.count <= EvaluationDocument.longestList
    for row in isWhole ? table.rows : lowest(table) { lines.add(cells(row, table)) }
    if let footer = table.footer { lines.add(cells(footer, table)) }
    let ranked = table.columns.last?.title ?? ""
    return (isWhole ? "" : "\(table.name) of the lowest \(ranked == "f1" ? "F1" : ranked)\n") + lines.text
  }

  /// The rows of the lowest last numbers, of those that have one.
  private func lowest(_ table: ReportTable) -> [[JSONValue]] {
    let known = table.rows.compactMap { row in row.last?.asNumber.map { (row: row, value: $0) } }
    return known.enumerated().sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }
      .prefix(EvaluationDocument.shown).map(\.element.row)
  }

  private func cells(_ row: [JSONValue], _ table: ReportTable) -> [String] {
    zip(row, table.columns).map { value, column in
      guard let number = value.asNumber else { return value.asString ?? (column.style == .count ? "" : "–") }
      return switch column.style {
      case .count: Int(number).grouped
      case .share: String(format: "%.2f %%", number * 100)
      case .text, .number: String(format: "%.4g", number)
      }
    }
  }

  private func text(_ matrix: ReportMatrix) -> String? {
    guard matrix.classNames.count > EvaluationDocument.widestMatrix else {
      var table = TextTable([("", .left)] + matrix.classNames.map { ($0, .right) })
      for (name, counts) in zip(matrix.classNames, matrix.rows) { table.add([name] + counts.map(\.grouped)) }
      return "rows: label, columns: taken for\n" + table.text
    }
    let mistakes = matrix.mistakes
    guard !mistakes.isEmpty else { return nil }
    var table = TextTable([("label", .left), ("taken for", .left), ("times", .right)])
    for mistake in mistakes.prefix(EvaluationDocument.shown) {
      table.add([matrix.classNames[mistake.label], matrix.classNames[mistake.predicted], mistake.count.grouped])
    }
    return "most frequent mistakes\n" + table.text
  }

  private func text(_ histogram: ReportHistogram) -> String {
    var table = TextTable([("\(histogram.name) from", .right), ("to", .right), ("count", .right)])
    for bar in histogram.bars {
      table.add([String(format: "%.2f", bar.from), String(format: "%.2f", bar.to), bar.count.grouped])
    }
    return table.text
  }

  private func text(_ images: WorstImages) -> String? {
    guard !images.entries.isEmpty else { return nil }
    return "worst images\n" + text(images.table(first: EvaluationDocument.shownImages))
  }
}
