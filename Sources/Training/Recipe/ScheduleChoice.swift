/// How the learning rate moves: `{name: cosine, warmup: 1 epoch}`.
public struct ScheduleChoice: Hashable, Sendable, Codable {
  public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
    case constant
    /// Half a cosine from the rate to 0.
    case cosine
    /// Times `factor` every `every`.
    case step
  }

  public var name = Name.constant
  /// Linear rise from 0 at the start.
  public var warmup = Span.steps(0)
  /// `step` only.
  public var every = Span.epochs(30)
  public var factor = 0.1

  public init() {}

  private enum CodingKeys: String, CodingKey { case name, warmup, every, factor }

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
  }
}
