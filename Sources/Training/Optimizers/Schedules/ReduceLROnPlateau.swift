import Tensors

/// Keras's callback: multiplies the learning rate by `factor` after `patience` epochs in which a score has not improved
/// by more than `min_delta`, and then waits for `cooldown` epochs.
///
/// The rate is a function of the scores of all epochs so far. These are in the checkpoint, so that a run goes on as if
/// it had not ended.
public struct ReduceLROnPlateau: Hashable, Sendable {
  public static let kerasName = "ReduceLROnPlateau"

  /// The name of the score in the history: `val_loss`.
  public let monitor: String
  private let factor: Double
  private let patience: Int
  /// Whether more is better.
  private let isMaximum: Bool
  private let minDelta: Double
  private let cooldown: Int
  private let lowest: Double

  init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    monitor = try arguments.word("monitor", default: "val_loss")
    factor = try arguments.size("factor", default: 0.1)
    guard factor < 1 else {
      throw RecipeError("\(arguments.path).factor", "is \(factor), but must be below 1, so that the rate falls.")
    }
    patience = try arguments.count("patience", default: 10)
    let mode = try arguments.word("mode", default: "auto", among: ["auto", "min", "max"])
    isMaximum = mode == "auto" ? ReduceLROnPlateau.isBetterHigher(monitor) : mode == "max"
    minDelta = try arguments.size("min_delta", default: 0.0001)
    cooldown = try arguments.count("cooldown", default: 0)
    lowest = try arguments.size("min_lr", default: 0)
    // What Keras prints.
    _ = try arguments.count("verbose", default: 0)
  }

  /// The direction of a score by its name: losses and errors fall.
  private static func isBetterHigher(_ monitor: String) -> Bool {
    ["acc", "auc", "precision", "recall", "f1", "iou", "r2", "dice", "cosine_similarity"].contains {
      monitor.lowercased().contains($0)
    }
  }

  /// The learning rate after epochs with these scores.
  ///
  /// - Parameter first: before the first of them.
  public func rate(from first: Double, after scores: some Sequence<Double>) -> Double {
    var (rate, best, waited, resting) = (first, isMaximum ? -Double.infinity : .infinity, 0, 0)
    for score in scores {
      if resting > 0 { (resting, waited) = (resting - 1, 0) }
      if isMaximum ? score > best + minDelta : score < best - minDelta {
        (best, waited) = (score, 0)
      } else if resting == 0 {
        waited += 1
        // Keras keeps the rate in single precision.
        if waited >= patience, Float(rate) > Float(lowest) {
          rate = Double(Float(max(Double(Float(rate)) * factor, lowest)))
          (resting, waited) = (cooldown, 0)
        }
      }
    }
    return rate
  }
}
