public import Networks

/// The predictions of several outputs of one sample, each under its name.
public struct SeveralPredictions: Prediction {
  private let parts: [(output: String, prediction: any Prediction)]

  public init(_ parts: [(output: String, prediction: any Prediction)]) { self.parts = parts }

  /// Of the first output that gives one.
  public var mask: MaskPrediction? { parts.lazy.compactMap(\.prediction.mask).first }

  public var entries: [JSONValue] {
    parts.flatMap { part in
      part.prediction.entries.map { entry in
        .object((entry.asObject ?? [:]).merging(["output": .string(part.output)]) { given, _ in given })
      }
    }
  }

  public var text: String { parts.map { "\($0.output): \($0.prediction.text)" }.joined(separator: "; ") }

  /// Outputs have different things to say: a column for each.
  public var header: [String] {
    parts.reduce(into: ["output"]) { header, part in
      for title in part.prediction.header where !header.contains(title) { header.append(title) }
    }
  }

  public var rows: [[String]] {
    let header = header
    return parts.flatMap { part in
      part.prediction.rows.map { row in
        var cells = Dictionary(zip(part.prediction.header, row)) { first, _ in first }
        cells["output"] = part.output
        return header.map { cells[$0] ?? "" }
      }
    }
  }

  public func draw(on picture: inout Picture) {
    for part in parts { part.prediction.draw(on: &picture) }
  }
}
