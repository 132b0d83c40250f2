import Foundation
public import Tasks
public import Training

extension EvaluationDocument {
  /// Files of an evaluation in a folder, and those that it always may write.
  ///
  /// - Parameter folder: need not be there.
  public static func fileNames(in folder: String) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return fileNames + found.filter { isOwn($0) && !fileNames.contains($0) }.sorted()
  }

  /// One line of JSON, or many for people.
  public func jsonText(isPretty: Bool = false) throws -> String {
    let encoder = JSONEncoder.ofNumbers
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(json), as: UTF8.self)
  }

  /// Writes `evaluation.json` and what else the task reports, each whole or not at all. What an earlier evaluation left
  /// there and this one does not write goes.
  ///
  /// - Parameter folder: made where it is not there.
  public func write(into folder: String) throws(TrainingError) {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let files = [(name: "evaluation.json", contents: try jsonText(isPretty: true) + "\n")] + self.files
      for name in EvaluationDocument.fileNames(in: folder) where !files.contains(where: { $0.name == name }) {
        try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
      for file in files {
        try file.contents.write(toFile: "\(folder)/\(file.name)", atomically: true, encoding: .utf8)
      }
    } catch {
      throw TrainingError(
        .data,
        "the evaluation cannot be written into \(folder) (\(error.localizedDescription)); choose another folder, or "
          + "check its permissions and the space left."
      )
    }
  }
}
