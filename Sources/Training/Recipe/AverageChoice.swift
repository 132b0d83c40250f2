/// An exponential moving average of the weights: `{decay: 0.999, evaluate: average, save: average}`.
///
/// After every step average = decay * average + (1 - decay) * weights, as Keras's `use_ema` has it: the first step of a
/// layer sets its average, and statistics of normalisations are not averaged.
public struct AverageChoice: Hashable, Sendable, Codable {
  /// Which of the two.
  public enum Weights: String, Hashable, Sendable, Codable, CaseIterable { case average, weights }

  public var decay: Double
  /// What is measured on validation and test data.
  public var evaluate = Weights.average
  /// What other programs find in checkpoints; the other one is kept there too, to go on from.
  public var save = Weights.average

  public init(decay: Double) { self.decay = decay }

  private enum CodingKeys: String, CodingKey { case decay, evaluate, save }

  /// Also `0.999` alone.
  public init(from decoder: any Decoder) throws {
    if let decay = try? decoder.singleValueContainer().decode(Double.self) {
      self.init(decay: decay)
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(decay: try values.decode(Double.self, forKey: .decay))
    try values.update(&evaluate, .evaluate)
    try values.update(&save, .save)
  }
}
