import Tensors

/// The answers of a classifier on a data set, class by class; for multi-label data, label by label.
public struct EvaluationResult: Hashable, Sendable, Codable {
  public var metrics = Metrics()
  /// Images whose label is among the five most probable classes.
  public var correctInFive = 0
  /// Of no classes for multi-label data.
  public var confusion: ConfusionMatrix
  /// One for each label of multi-label data; empty where images have one class each.
  public var labels: [ClassScore] = []

  public init(classes: Int) { confusion = ConfusionMatrix(classes: classes) }

  /// Of multi-label data.
  public init(labels: Int) {
    confusion = ConfusionMatrix(classes: 0)
    self.labels = Array(repeating: ClassScore(), count: labels)
  }

  /// One for each class or label.
  public var scores: [ClassScore] { labels.isEmpty ? confusion.scores : labels }

  /// Share of images all of whose labels are found and no other; nil where images have one class each.
  public var exactMatch: Double? { labels.isEmpty ? nil : metrics.accuracy }

  /// Share of images whose label is among the five most probable classes; nil where there are no more than five.
  public var topFive: Double? {
    confusion.classes > 5 ? Double(correctInFive) / Double(max(1, metrics.samples)) : nil
  }

  /// Counts the live images of a shard. Of equal scores the first is the more probable, as in the accuracy.
  ///
  /// - Parameters:
  ///   - scores: of shape (classes,), the larger the more probable; of multi-label data, logits.
  ///   - target: class numbers of shape (1), or 0 and 1 for each label.
  mutating func count(_ scores: Tensor, target: Tensor, live: Int) {
    if !labels.isEmpty { return count(logits: scores, target, live: live) }
    for lane in 0..<live {
      // One logit is that of the second of two classes.
      let values = scores.shape.channels == 1 ? [0] + scores.sample(lane) : scores.sample(lane)
      let label = Int(target.sample(lane)[0])
      let predicted = values.indices.max { (values[$0], $1) < (values[$1], $0) }!
      confusion[label: label, predicted: predicted] += 1
      let before = values.indices.count { values[$0] > values[label] || (values[$0] == values[label] && $0 < label) }
      if before < 5 { correctInFive += 1 }
    }
  }

  /// A label is found where its probability is above 1/2, as the accuracy has it.
  private mutating func count(logits: Tensor, _ target: Tensor, live: Int) {
    for lane in 0..<live {
      for (label, (logit, wanted)) in zip(logits.sample(lane), target.sample(lane)).enumerated() {
        let (isSet, isFound) = (wanted == 1, logit > 0)
        labels[label] += ClassScore(
          images: isSet ? 1 : 0, predicted: isFound ? 1 : 0, correct: isSet && isFound ? 1 : 0)
      }
    }
  }

  static func += (left: inout EvaluationResult, right: EvaluationResult) {
    left.metrics += right.metrics
    left.correctInFive += right.correctInFive
    left.confusion += right.confusion
    for index in left.labels.indices { left.labels[index] += right.labels[index] }
  }
}
