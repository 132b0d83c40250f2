/// How the learning rate moves: `{name: cosine, warmup: 1 epoch}`.
public struct ScheduleChoice: Hashable, Sendable, Codable {
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
    case constant
    /// Half a cosine from the rate to 0.
    case cosine
    /// Times `factor` every `every`.
    case step
    /// From the rate to `end`, as `(1 - progress)^power`.
    case polynomial
    /// Up to the rate and far down again, both along half a cosine.
    case oneCycle
  }

  public var name = Name.constant
  /// Linear rise from 0 at the start.
  public var warmup = Span.steps(0)
  /// `step` only.
  public var every = Span.epochs(30)
  public var factor = 0.1

  /// `polynomial` only: how the way down bends, and the rate at its end.
  public var power = 1.0
  public var end = 0.0
  /// `oneCycle` only: the share of training after which the rate is reached, by what it is divided at the start, and by
  /// what the start is divided at the end.
  public var peakAt = 0.3
  public var startFactor = 25.0
  public var endFactor = 1e4

  public init() {}

  private enum CodingKeys: String, CodingKey {
    case name, warmup, every, factor, power, end, peakAt, startFactor, endFactor
  }

  /// Also `cosine` alone.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(Name.self) {
      self.name = name
      return
    }
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&name, .name)
    try values.update(&warmup, .warmup)
    try values.update(&every, .every)
    try values.update(&factor, .factor)
    try values.update(&power, .power)
    try values.update(&end, .end)
    try values.update(&peakAt, .peakAt)
    try values.update(&startFactor, .startFactor)
    try values.update(&endFactor, .endFactor)
  }
}
