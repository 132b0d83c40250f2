import Foundation
import Reports
import Tensors
import Training

extension EvaluationReport {
  /// Classes up to whose number each has a line of its own, and up to which the confusion matrix is printed.
  private static let longestList = 100
  private static let widestMatrix = 16
  private static let shownMistakes = 10

  /// What a person wants to see at once: shares, a line for each class, and which classes are taken for each other.
  var text: String {
    guard let confusion else {
      return "exact match \(percent(accuracy)): all labels of an image are right\n\n\(classTable)"
    }
    var parts = [
      "top-1 \(percent(accuracy))" + (topFive.map { "  top-5 \(percent($0))" } ?? ""), classTable,
    ]
    if classes.count <= EvaluationReport.widestMatrix {
      parts.append("rows: label, columns: taken for\n" + matrix(confusion))
    } else if !mistakes.isEmpty {
      parts.append("most frequent mistakes\n" + mistakeTable)
    }
    return parts.joined(separator: "\n\n")
  }

  private var classTable: String {
    var table = TextTable([
      (exactMatch == nil ? "class" : "label", .left), ("images", .right), ("precision", .right), ("recall", .right),
      ("F1", .right),
    ])
    let isWhole = classes.count <= EvaluationReport.longestList
    let worst = classes.filter { $0.images > 0 }.sorted { ($0.f1 ?? 0, $0.name) < ($1.f1 ?? 0, $1.name) }
    for row in isWhole ? classes : Array(worst.prefix(EvaluationReport.shownMistakes)) {
      table.add([row.name, row.images.grouped] + [row.precision, row.recall, row.f1].map { $0.map(percent) ?? "–" })
    }
    table.add(["mean", samples.grouped, percent(precision), percent(recall), percent(f1)])
    return (isWhole ? "" : "\(exactMatch == nil ? "classes" : "labels") of the lowest F1\n") + table.text
  }

  private func matrix(_ confusion: [[Int]]) -> String {
    var table = TextTable([("", .left)] + classes.map { ($0.name, .right) })
    for (row, counts) in zip(classes, confusion) { table.add([row.name] + counts.map(\.grouped)) }
    return table.text
  }

  private var mistakeTable: String {
    var table = TextTable([("label", .left), ("taken for", .left), ("images", .right)])
    for mistake in mistakes.prefix(EvaluationReport.shownMistakes) {
      table.add([classes[mistake.label].name, classes[mistake.predicted].name, mistake.count.grouped])
    }
    return table.text
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }
}
