/// When checkpoints are written and which are kept: `{every: 1 epoch, keep: {last: 3, best: 1}, onSaveFailure: stop}`.
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

  /// The consequence when a checkpoint cannot be written: a full disk, a quota. Older ones are kept in any case.
  public enum SaveFailureChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// The run says so and tries again when the next one is due; the last one of a run must succeed.
    case goOn = "continue"
    case stop
  }

  public var every = Span.epochs(1)
  public var keep = Keep()
  public var onSaveFailure = SaveFailureChoice.goOn

  public init() {}

  func isDue(step: Int, stepsPerEpoch: Int) -> Bool {
    let every = every.steps(perEpoch: stepsPerEpoch)
    return every > 0 && step % every == 0
  }

  private enum CodingKeys: String, CodingKey { case every, keep, onSaveFailure }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try values.update(&every, .every)
    try values.update(&keep, .keep)
    try values.update(&onSaveFailure, .onSaveFailure)
  }
}
