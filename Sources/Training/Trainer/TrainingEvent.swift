public import Datasets

/// An event of a run.
public enum TrainingEvent: Sendable {
  /// Before the first step.
  case began
  /// After every step.
  case step
  /// After the last step of an epoch and its evaluation.
  case epoch(EpochRecord)
  /// A checkpoint lies on the disk, verified. Told to the first rank, which writes it, some steps after the one that it
  /// holds.
  case saved(path: String)
  /// A checkpoint could not be written; training goes on, and the older ones are still there. Told to the first rank.
  case notSaved(reason: String)
  /// The run has dealt with something that a person should know, in a sentence: it skipped a step or repaired a
  /// replica.
  case noticed(String)
  /// After the last step.
  case ended
}

/// The view of a callback on a run.
public struct TrainingReport: Sendable {
  public let state: TrainingState
  public let recipe: Recipe
  public let ranks: Int
  public let rank: Int
  public let threads: Int
  public let stepsPerEpoch: Int
  /// Steps of the whole recipe.
  public let totalSteps: Int
  /// Steps after which this run ends.
  public let lastStep: Int
  public let parameters: Int
  /// Of the last step, until the next one.
  public let metrics: StepMetrics
  public let rate: Double
  /// Of training, evaluation and checkpoints left out.
  public let imagesPerSecond: Double
  /// Seconds of the last step, and those in it that waited for other ranks with nothing else to do.
  public let stepSeconds: Double
  public let exposedSeconds: Double
  /// The share of the epoch so far in which this rank waited for data, 0 to 1.
  public let loadingShare: Double
  /// What this rank trained on in the last step; nil but for the event of a step.
  public let batch: LoadedBatch?

  /// The epoch of the last step, counted from 1, and how many there are.
  public var epoch: Int { (max(state.stageStep, 1) - 1) / stepsPerEpoch + 1 }
  public var epochs: Int { (totalSteps - state.stepOffset + stepsPerEpoch - 1) / stepsPerEpoch }
}

/// Watches a run, and may end it.
public protocol Callback {
  /// Called on every rank.
  mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) throws -> Directive
}

/// A wish of a callback. Of the wishes of callbacks and ranks the greatest is followed, before the next step, on all
/// ranks.
public enum Directive: Int, Sendable, Comparable {
  case goOn
  /// Save and go on.
  case save
  /// Save and end.
  case stop
  /// Save and end, and let the same command go on later: the run is not over.
  case interrupt

  public static func < (left: Directive, right: Directive) -> Bool { left.rawValue < right.rawValue }
}
