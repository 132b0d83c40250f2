public import Networks

/// The findings of an evaluation, as JSON and as the files that it may leave in a folder.
public struct EvaluationDocument: Sendable {
  public let file: String
  public let split: String
  public let loss: Double
  public let parts: [ReportPart]

  public init(file: String, split: String, loss: Double, parts: [ReportPart]) {
    (self.file, self.split, self.loss, self.parts) = (file, split, loss, parts)
  }

  /// `evaluation.json`. A figure that several parts have is the first one's.
  public var json: JSONValue {
    var values: [String: JSONValue] = ["file": .string(file), "split": .string(split), "loss": .number(loss)]
    for entry in parts.flatMap(\.entries) where values[entry.key] == nil { values[entry.key] = entry.value }
    return .object(values)
  }

  /// Names and contents of the other files.
  public var files: [(name: String, contents: String)] {
    parts.flatMap { part -> [(name: String, contents: String)] in
      switch part {
      case .figures: []
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

  /// Every name that `files` may give, whatever the task.
  public static var fileNames: [String] {
    ["classes.csv", "confusion.csv", "confusion.svg", "iou.csv", "numbers.csv", "worst.csv"]
  }
}
