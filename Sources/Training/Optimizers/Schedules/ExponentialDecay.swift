import Foundation

/// `initial * decay_rate^(step / decay_steps)`; the exponent is rounded down where it is a `staircase`.
public struct ExponentialDecay: LearningRateSchedule {
  public static let kerasName = "ExponentialDecay"

  private let initial: Double
  private let steps: Double
  private let decay: Double
  private let isStaircase: Bool

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    initial = try arguments.initialRate()
    steps = try arguments.steps("decay_steps")
    decay = try arguments.positive("decay_rate", example: "0.96")
    isStaircase = try arguments.flag("staircase")
  }

  public func rate(at step: Int) -> Double {
    let exponent = Double(step) / steps
    return initial * pow(decay, isStaircase ? exponent.rounded(.down) : exponent)
  }
}
