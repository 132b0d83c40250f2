/// How a run ended.
public struct TrainingSummary: Sendable {
  public let state: TrainingState
  /// Of the last evaluation of validation data, if there was one.
  public let validation: Metrics?
  /// Of test data: at the end, or, without validation data, of the last evaluation.
  public let test: Metrics?
  public let checkpoint: String
  /// SHA-256 of all weights and batch-norm statistics.
  public let weightsDigest: String
  /// Layers of which nothing was moved in the last phase, of some only the moving statistics, and the SHA-256 of their
  /// weights and statistics; nil where everything was trained.
  public let frozenLayers: Int
  public let frozenDigest: String?
  /// Whether the run is to be continued: a callback asked for `Directive.interrupt`.
  public let isInterrupted: Bool
  public let seconds: Double
}
