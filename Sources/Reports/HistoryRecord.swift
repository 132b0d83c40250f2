/// One line of `history.jsonl`.
struct HistoryRecord: Codable {
  enum Kind: String, Codable {
    /// Some steps.
    case steps
    /// A whole epoch.
    case epoch
    /// The end of the run, where test data was kept for it.
    case end
  }

  var kind: Kind
  /// Counted from 1.
  var epoch: Int
  /// Steps done.
  var step: Int
  /// Samples consumed since training began.
  var samples: Int
  /// Mean loss and share of right answers in training, before the updates.
  var loss: Double
  var accuracy: Double
  var validationLoss: Double?
  var validationAccuracy: Double?
  var testLoss: Double?
  var testAccuracy: Double?
  /// Learning rate of the last step.
  var rate: Float
  var imagesPerSecond: Double
  /// Milliseconds of the last step, and those of them that waited for other ranks with nothing else to do.
  var stepMilliseconds: Double
  var exposedMilliseconds: Double
}
