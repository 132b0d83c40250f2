/// When checkpoints are written and which are kept: `{every: 1 epoch, keep: {last: 3, best: 1}}`.
public struct CheckpointPolicy: Hashable, Sendable, Codable {
  public struct Keep: Hashable, Sendable, Codable {
    /// The newest ones.
    public var last = 1
    /// Those of the highest test accuracy.
    public var best = 0

    public init() {}

    private enum CodingKeys: String, CodingKey { case last, best }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      try values.update(&last, .last)
      try values.update(&best, .best)
    }
  }

  public var every = Span.epochs(1)
  public var keep = Keep()

  public init() {}

  private enum CodingKeys: String, CodingKey { case every, keep }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&every, .every)
    try values.update(&keep, .keep)
  }
}
