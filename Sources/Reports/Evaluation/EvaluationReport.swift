import Foundation
public import Training

/// The results of an evaluation, for scripts and for people.
public struct EvaluationReport: Encodable, Sendable {
  /// One class, or one label.
  public struct Row: Encodable, Sendable {
    public let name: String
    public let images: Int
    /// Images that were taken for it.
    public let predicted: Int
    public let correct: Int
    /// Nil where there is nothing to take the share of.
    public let precision: Double?
    public let recall: Double?
    public let f1: Double?
  }

  public let file: String
  public let split: String
  public let loss: Double
  public let accuracy: Double
  public let correct: Int
  public let samples: Int
  /// Share of images whose label is among the five most probable classes; nil where there are no more than five.
  public let topFive: Double?
  /// Share of images all of whose labels are found and no other; nil where images have one class each.
  public let exactMatch: Double?
  /// Plain means over the classes that occur.
  public let precision: Double
  public let recall: Double
  public let f1: Double
  public let classes: [Row]
  /// For each label, how many of its images were taken for each class; nil for multi-label data.
  public let confusion: [[Int]]?
  /// Pairs of different classes that were taken for each other, the most frequent first.
  package let mistakes: [(label: Int, predicted: Int, count: Int)]

  private enum CodingKeys: String, CodingKey {
    case file, split, loss, accuracy, correct, samples, topFive, exactMatch, precision, recall, f1, classes, confusion
  }

  /// - Parameters:
  ///   - classNames: one for each class.
  public init(_ result: EvaluationResult, file: String, split: String, classNames: [String]) {
    let scores = result.scores
    precondition(classNames.count == scores.count, "one name for each class")
    (self.file, self.split) = (file, split)
    let metrics = result.metrics
    (loss, samples) = (metrics.loss, metrics.samples)
    (accuracy, correct) = (metrics.accuracy ?? 0, metrics.correct ?? 0)
    (topFive, exactMatch) = (result.topFive, result.exactMatch)
    (precision, recall, f1) = (scores.mean(\.precision), scores.mean(\.recall), scores.mean(\.f1))
    classes = zip(classNames, scores).map { name, score in
      Row(
        name: name, images: score.images, predicted: score.predicted, correct: score.correct,
        precision: score.precision,
        recall: score.recall, f1: score.f1)
    }
    confusion = exactMatch == nil ? result.confusion.rows : nil
    mistakes = result.confusion.mistakes
  }
}
