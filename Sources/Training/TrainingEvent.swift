/// What happens during a run, in order.
public enum TrainingEvent: Sendable {
  /// Before the first step.
  case began
  /// After every step.
  case step
  /// After the last step of an epoch and its evaluation.
  case epoch(EpochRecord)
  /// A checkpoint lies on disk.
  case saved(path: String)
  /// After the last step.
  case ended
}

/// What a callback can see of a run.
public struct TrainingReport: Sendable {
  public let state: TrainingState
  public let recipe: Recipe
  public let ranks: Int
  public let rank: Int
  public let threads: Int
  public let stepsPerEpoch: Int
  /// Steps after which this run ends.
  public let lastStep: Int
  public let parameters: Int
  /// Of the last step.
  public let metrics: Metrics
  public let rate: Double
  /// Of training, evaluation and checkpoints left out.
  public let imagesPerSecond: Double
  /// Seconds of the last step, and those in it that waited for other ranks with nothing else to do.
  public let stepSeconds: Double
  public let exposedSeconds: Double
}

/// Watches a run, and may end it.
public protocol Callback {
  /// Called on every rank.
  mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive
}

/// What a callback wants.
public enum Directive: Sendable {
  case goOn
  /// All ranks save and end after the step under way, even if only one rank wants it.
  case stop
}
