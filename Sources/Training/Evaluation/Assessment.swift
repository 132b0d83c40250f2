import Tensors

/// What a classifier does on a data set, class by class.
public struct Assessment: Hashable, Sendable, Codable {
  public var metrics = Metrics()
  /// Images whose label is among the five most probable classes.
  public var correctInFive = 0
  public var confusion: ConfusionMatrix

  public init(classes: Int) { confusion = ConfusionMatrix(classes: classes) }

  /// Share of images whose label is among the five most probable classes; nil where there are no more than five.
  public var topFive: Double? {
    confusion.classes > 5 ? Double(correctInFive) / Double(max(1, metrics.samples)) : nil
  }

  /// Counts the live images of a shard. Of equal scores the first is the more probable, as in the accuracy.
  ///
  /// - Parameter scores: of shape (classes,), the larger the more probable.
  mutating func count(_ scores: Tensor, labels: [Int32], live: Int) {
    for lane in 0..<live {
      // One logit is that of the second of two classes.
      let values = scores.shape.channels == 1 ? [0] + scores.sample(lane) : scores.sample(lane)
      let label = Int(labels[lane])
      let predicted = values.indices.max { (values[$0], $1) < (values[$1], $0) }!
      confusion[label: label, predicted: predicted] += 1
      let before = values.indices.count { values[$0] > values[label] || (values[$0] == values[label] && $0 < label) }
      if before < 5 { correctInFive += 1 }
    }
  }

  static func += (left: inout Assessment, right: Assessment) {
    left.metrics += right.metrics
    left.correctInFive += right.correctInFive
    left.confusion += right.confusion
  }
}
