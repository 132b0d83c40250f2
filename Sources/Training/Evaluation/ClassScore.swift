/// How well one class is told from the others, or how well one of several labels is found.
public struct ClassScore: Hashable, Sendable, Codable {
  /// Images of the class.
  public internal(set) var images: Int
  /// Images that were taken for the class.
  public internal(set) var predicted: Int
  /// Images of the class that were taken for it.
  public internal(set) var correct: Int

  public init(images: Int = 0, predicted: Int = 0, correct: Int = 0) {
    (self.images, self.predicted, self.correct) = (images, predicted, correct)
  }

  static func += (left: inout ClassScore, right: ClassScore) {
    left.images += right.images
    left.predicted += right.predicted
    left.correct += right.correct
  }

  /// Of what was taken for the class, the share that is of it; nil where nothing was.
  public var precision: Double? { predicted == 0 ? nil : Double(correct) / Double(predicted) }

  /// Of the images of the class, the share that was taken for it; nil where there are none.
  public var recall: Double? { images == 0 ? nil : Double(correct) / Double(images) }

  /// 2 precision recall / (precision + recall) = 2 correct / (images + predicted); nil where the class occurs nowhere.
  public var f1: Double? { images + predicted == 0 ? nil : 2 * Double(correct) / Double(images + predicted) }
}

extension [ClassScore] {
  /// The plain mean over the classes that occur, among the images or among what they were taken for; a share of nothing
  /// counts as 0. (scikit-learn's `macro` averages.)
  public func mean(_ share: (ClassScore) -> Double?) -> Double {
    let occurring = filter { $0.f1 != nil }
    return occurring.reduce(0) { $0 + (share($1) ?? 0) } / Double(Swift.max(1, occurring.count))
  }
}
