import Foundation

/// Half a cosine from `initial` down to `alpha * initial` over `decay_steps` (Loshchilov and Hutter, "SGDR", 2017).
///
/// With `warmup_target` a linear rise over `warmup_steps` from `initial` to the target comes before it, from which the
/// cosine then falls.
public struct CosineDecay: LearningRateSchedule {
  public static let kerasName = "CosineDecay"

  private let initial: Double
  private let steps: Double
  private let alpha: Double
  private let target: Double?
  private let warmup: Double

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    initial = try arguments.initialRate()
    steps = try arguments.steps("decay_steps")
    alpha = try arguments.size("alpha", default: 0)
    let target = try arguments.size("warmup_target", default: .infinity, example: "0.1")
    self.target = target.isFinite ? target : nil
    warmup = try arguments.steps("warmup_steps", default: 0)
  }

  public func rate(at step: Int) -> Double {
    guard let target else { return rate(at: Double(step), from: initial) }
    if Double(step) < warmup { return initial + (target - initial) * Double(step) / warmup }
    return rate(at: Double(step) - warmup, from: target)
  }

  private func rate(at position: Double, from first: Double) -> Double {
    let cosine = (1 + cos(.pi * min(position, steps) / steps)) / 2
    return first * ((1 - alpha) * cosine + alpha)
  }
}
