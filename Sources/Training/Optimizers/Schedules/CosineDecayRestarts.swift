import Foundation

/// Half cosines from `initial` down to `alpha * initial`, one after the other: the first takes `first_decay_steps`,
/// each further one `t_mul` times as many as the one before, and begins at `m_mul` times its rate (Loshchilov and
/// Hutter, "SGDR", 2017).
public struct CosineDecayRestarts: LearningRateSchedule {
  public static let kerasName = "CosineDecayRestarts"

  private let initial: Double
  private let steps: Double
  private let growth: Double
  private let damping: Double
  private let alpha: Double

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    initial = try arguments.initialRate()
    steps = try arguments.steps("first_decay_steps")
    growth = try arguments.positive("t_mul", default: 2)
    damping = try arguments.size("m_mul", default: 1)
    alpha = try arguments.size("alpha", default: 0)
  }

  public func rate(at step: Int) -> Double {
    var (restarts, fraction) = (0.0, Double(step) / steps)
    if growth == 1 {
      restarts = fraction.rounded(.down)
      fraction -= restarts
    } else {
      // The lengths add up to (1 - growth^restarts) / (1 - growth); where they shrink, that has a limit.
      let power = 1 - fraction * (1 - growth)
      guard power > 0 else { return initial * alpha }
      restarts = (log(power) / log(growth)).rounded(.down)
      // A logarithm that rounds to the other side of a whole number.
      if pow(growth, restarts + 1) <= power, growth > 1 { restarts += 1 }
      let scale = pow(growth, restarts)
      fraction = (fraction - (1 - scale) / (1 - growth)) / scale
    }
    let cosine = pow(damping, restarts) * (1 + cos(.pi * fraction)) / 2
    return initial * ((1 - alpha) * cosine + alpha)
  }
}
