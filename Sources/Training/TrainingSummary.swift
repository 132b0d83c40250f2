/// How a run ended.
public struct TrainingSummary: Sendable {
  public let state: TrainingState
  /// Of the last evaluation, if there was one.
  public let test: Metrics?
  public let checkpoint: String
  /// SHA-256 of all weights and batch-norm statistics.
  public let weightsDigest: String
  /// Whether the run is to be continued: a callback asked for `Directive.interrupt`.
  public let isInterrupted: Bool
  public let seconds: Double
}
