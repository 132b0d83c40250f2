public import Networks

/// The findings of an evaluation, as JSON and as the files that it may leave in a folder.
public struct EvaluationDocument: Sendable {
  public let file: String
  public let split: String
  public let loss: Double
  public let parts: [ReportPart]
  /// The scores beside the loss, by Keras's names.
  public let scores: [(name: String, value: Double)]

  public init(
    file: String, split: String, loss: Double, scores: [(name: String, value: Double)] = [], parts: [ReportPart]
  ) {
    (self.file, self.split, self.loss, self.scores, self.parts) = (file, split, loss, scores, parts)
  }

  /// `evaluation.json`. A figure that several parts have is the first one's.
  public var json: JSONValue {
    var values: [String: JSONValue] = ["file": .string(file), "split": .string(split), "loss": .number(loss)]
    for entry in parts.flatMap(\.entries) where values[entry.key] == nil { values[entry.key] = entry.value }
    // An accuracy alone is among the figures.
    if scores.contains(where: { $0.name != "accuracy" }) {
      values["scores"] = .object(Dictionary(uniqueKeysWithValues: scores.map { ($0.name, .ifFinite($0.value)) }))
    }
    return .object(values)
  }

  /// Names and contents of the other files.
  public var files: [(name: String, contents: String)] {
    parts.flatMap { part -> [(name: String, contents: String)] in
      switch part {
      case .summary, .figures: []
      case .table(let table): [(table.file, table.csv)]
      case .matrix(let matrix):
        [
          ("\(matrix.name).csv", matrix.csv),
          ("\(matrix.name).svg", MatrixPicture(matrix, title: "\(file), \(split): \(matrix.title)").svg),
        ]
      case .histogram(let histogram): [("\(histogram.name).csv", histogram.csv)]
      case .images(let images): [("worst.csv", images.csv)]
      }
    }
  }

  /// The names of the files of one output, whatever the task.
  public static let fileNames = [
    "evaluation.json", "classes.csv", "confusion.csv", "confusion.svg", "iou.csv", "numbers.csv", "worst.csv",
  ]

  /// Whether an evaluation may have written a file of that name; those of several outputs begin with the output's.
  public static func isOwn(_ name: String) -> Bool {
    fileNames.contains { name == $0 || name.hasSuffix("-\($0)") }
  }
}
