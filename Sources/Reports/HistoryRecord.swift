import Training

/// One line of `history.jsonl`.
struct HistoryRecord {
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
  var accuracy: Double?
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
  /// Of the time of an epoch, in which the first rank waited for data.
  var loadingShare: Double?
  /// All other numbers that are measured, by Keras's names: `val_class_output_accuracy`.
  var scores: [String: Double] = [:]
}

extension HistoryRecord: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, epoch, step, samples, loss, accuracy, validationLoss, validationAccuracy, testLoss, testAccuracy, rate
    case imagesPerSecond, stepMilliseconds, exposedMilliseconds, loadingShare
  }

  private struct ScoreKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    kind = try values.decode(Kind.self, forKey: .kind)
    epoch = try values.decode(Int.self, forKey: .epoch)
    step = try values.decode(Int.self, forKey: .step)
    samples = try values.decode(Int.self, forKey: .samples)
    loss = try values.decode(Double.self, forKey: .loss)
    accuracy = try values.decodeIfPresent(Double.self, forKey: .accuracy)
    validationLoss = try values.decodeIfPresent(Double.self, forKey: .validationLoss)
    validationAccuracy = try values.decodeIfPresent(Double.self, forKey: .validationAccuracy)
    testLoss = try values.decodeIfPresent(Double.self, forKey: .testLoss)
    testAccuracy = try values.decodeIfPresent(Double.self, forKey: .testAccuracy)
    rate = try values.decode(Float.self, forKey: .rate)
    imagesPerSecond = try values.decode(Double.self, forKey: .imagesPerSecond)
    stepMilliseconds = try values.decode(Double.self, forKey: .stepMilliseconds)
    exposedMilliseconds = try values.decode(Double.self, forKey: .exposedMilliseconds)
    loadingShare = try values.decodeIfPresent(Double.self, forKey: .loadingShare)
    let all = try decoder.container(keyedBy: ScoreKey.self)
    let own = Set(CodingKeys.allCases.map(\.rawValue))
    for key in all.allKeys where !own.contains(key.stringValue) {
      scores[key.stringValue] = try all.decode(Double.self, forKey: key)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(epoch, forKey: .epoch)
    try values.encode(step, forKey: .step)
    try values.encode(samples, forKey: .samples)
    try values.encode(loss, forKey: .loss)
    try values.encodeIfPresent(accuracy, forKey: .accuracy)
    try values.encodeIfPresent(validationLoss, forKey: .validationLoss)
    try values.encodeIfPresent(validationAccuracy, forKey: .validationAccuracy)
    try values.encodeIfPresent(testLoss, forKey: .testLoss)
    try values.encodeIfPresent(testAccuracy, forKey: .testAccuracy)
    try values.encode(rate, forKey: .rate)
    try values.encode(imagesPerSecond, forKey: .imagesPerSecond)
    try values.encode(stepMilliseconds, forKey: .stepMilliseconds)
    try values.encode(exposedMilliseconds, forKey: .exposedMilliseconds)
    try values.encodeIfPresent(loadingShare, forKey: .loadingShare)
    var others = encoder.container(keyedBy: ScoreKey.self)
    for (name, value) in scores.sorted(by: { $0.key < $1.key }) {
      try others.encode(value, forKey: ScoreKey(stringValue: name))
    }
  }
}

extension HistoryRecord {
  /// Adds what has no field of its own.
  ///
  /// - Parameter prefix: `val_` or `test_`, of other data than that of training.
  mutating func add(_ metrics: Metrics?, prefix: String = "") {
    for (name, value) in metrics?.values ?? [] where name != "accuracy" { scores[prefix + name] = value }
  }
}
