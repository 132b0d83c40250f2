import Foundation
public import Training

extension EvaluationReport {
  /// The files that `write` may leave in a folder.
  public static var fileNames: [String] { ["evaluation.json", "classes.csv", "confusion.csv", "confusion.svg"] }

  /// Writes `evaluation.json`, `classes.csv` and, where images have one class each, `confusion.csv` and
  /// `confusion.svg`, each whole or not at all. What an earlier evaluation left there and this one does not write goes.
  ///
  /// - Parameter folder: made where it is not there.
  public func write(into folder: String) throws(TrainingError) {
    let encoder = JSONEncoder.ofNumbers
    encoder.outputFormatting.insert(.prettyPrinted)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      var files = [
        ("evaluation.json", String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"),
        ("classes.csv", classTable),
      ]
      if let confusion {
        files += [("confusion.csv", table(of: confusion)), ("confusion.svg", ConfusionPicture(self, confusion).svg)]
      }
      for name in EvaluationReport.fileNames where !files.contains(where: { $0.0 == name }) {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    } catch {
      throw TrainingError(
        .data,
        "the evaluation cannot be written into \(folder) (\(error.localizedDescription)); choose another folder, or "
          + "check its permissions and the space left."
      )
    }
  }

  /// A line for each class; a share of nothing is empty.
  var classTable: String {
    func text(_ share: Double?) -> String { share.map { String($0) } ?? "" }
    let lines = classes.map {
      "\(CSV.field($0.name)),\($0.images),\($0.predicted),\($0.correct),"
        + "\(text($0.precision)),\(text($0.recall)),\(text($0.f1))"
    }
    return (["class,images,predicted,correct,precision,recall,f1"] + lines).map { $0 + "\n" }.joined()
  }

  /// A line for each label with a column for each class that its images were taken for.
  private func table(of confusion: [[Int]]) -> String {
    let names = classes.map { CSV.field($0.name) }
    let header = (["label"] + names).joined(separator: ",")
    let lines = zip(names, confusion).map { name, row in ([name] + row.map(String.init)).joined(separator: ",") }
    return ([header] + lines).map { $0 + "\n" }.joined()
  }
}

/// Comma-separated values (RFC 4180).
enum CSV {
  static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
