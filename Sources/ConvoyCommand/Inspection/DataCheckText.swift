import Datasets
import Foundation
import Training

/// The output of a check of data: a table of the splits, one of the findings, and how many there are.
enum DataCheckText {
  static func of(_ result: DataCheckResult) -> String {
    var splits = TextTable([
      ("split", .left), ("samples", .right), ("classes", .right), ("height x width", .left), ("format", .left),
      ("mean", .left), ("deviation", .left),
    ])
    for split in result.splits {
      splits.add([
        split.name, String(split.samples), split.classes.isEmpty ? "-" : String(split.classes.count),
        list(split.sizes), list(split.formats), numbers(split.means), numbers(split.deviations),
      ])
    }
    var text = splits.text + "\n"
    for split in result.splits where !split.classes.isEmpty {
      let classes = split.classes.prefix(20).map { "\($0.name) \($0.samples)" }.joined(separator: ", ")
      let rest = split.classes.count - 20
      text += "\(split.name): \(classes)\(rest > 0 ? " and \(rest) more" : "")\n"
    }
    text += "\n"
    guard !result.findings.isEmpty else { return text + "nothing was found\n" }
    var findings = TextTable([("severity", .left), ("kind", .left), ("cases", .right), ("finding", .left)])
    for finding in result.findings {
      findings.add([
        finding.severity.rawValue, finding.kind.rawValue, String(finding.cases.count),
        "\(finding.sentence); \(finding.remedy)",
      ])
    }
    let counts = FindingKind.Severity.allCases.map { severity in
      let count = result.count(severity)
      return "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return text + findings.text + "\n\n" + counts.joined(separator: ", ") + "\n"
  }

  private static func list(_ values: [SplitSummary.ValueCount]) -> String {
    if values.count < 2 { return values.first?.value ?? "-" }
    let named = values.prefix(2).map { "\($0.value) (\($0.images))" }.joined(separator: ", ")
    return named + (values.count > 2 ? " and \(values.count - 2) more" : "")
  }

  private static func numbers(_ values: [Double]) -> String {
    values.isEmpty ? "-" : values.prefix(3).map { String(format: "%.4g", $0) }.joined(separator: " ")
  }
}
