import Networks

/// Counts of one class or label, from which precision, recall and F1 follow.
struct LabelCounts: Hashable {
  /// Images of the class.
  let images: Int
  /// Images that were taken for it.
  let predicted: Int
  /// Images of it that were taken for it.
  let correct: Int

  var precision: Double? { predicted == 0 ? nil : Double(correct) / Double(predicted) }
  var recall: Double? { images == 0 ? nil : Double(correct) / Double(images) }
  /// 2 correct / (images + predicted)
  var f1: Double? { images + predicted == 0 ? nil : 2 * Double(correct) / Double(images + predicted) }

  /// The plain mean over the classes that occur, among the images or among what they were taken for; a share of nothing
  /// counts as 0. (scikit-learn's `macro` averages.)
  private static func mean(_ scores: [LabelCounts], _ share: (LabelCounts) -> Double?) -> Double {
    let occurring = scores.filter { $0.f1 != nil }
    return occurring.reduce(0) { $0 + (share($1) ?? 0) } / Double(max(1, occurring.count))
  }

  /// What stands at the top of `evaluation.json`.
  static func figures(
    _ scores: [LabelCounts], accuracy: Double, correct: Int, samples: Int
  ) -> [(key: String, value: JSONValue)] {
    [
      ("accuracy", .number(accuracy)), ("correct", .integer(correct)), ("samples", .integer(samples)),
      ("precision", .number(mean(scores, \.precision))), ("recall", .number(mean(scores, \.recall))),
      ("f1", .number(mean(scores, \.f1))),
    ]
  }

  /// A row for each class; a share of nothing is empty.
  ///
  /// - Parameter samples: all images.
  static func table(_ scores: [LabelCounts], names: [String], samples: Int) -> ReportTable {
    var table = ReportTable(
      name: "classes", file: "classes.csv",
      columns: [
        .init("class", "name", .text), .init("images", "images", .count), .init("predicted", "predicted", .count),
        .init("correct", "correct", .count), .init("precision", "precision", .share),
        .init("recall", "recall", .share), .init("f1", "f1", .share),
      ],
      rows: zip(names, scores).map { name, score in
        [
          .string(name), .integer(score.images), .integer(score.predicted), .integer(score.correct),
          .ifFinite(score.precision), .ifFinite(score.recall), .ifFinite(score.f1),
        ]
      })
    table.footer = [
      .string("mean"), .integer(samples), .null, .null, .number(mean(scores, \.precision)),
      .number(mean(scores, \.recall)), .number(mean(scores, \.f1)),
    ]
    return table
  }
}
