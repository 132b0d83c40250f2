import Foundation

/// `end + (initial - end) (1 - step / decay_steps)^power` until `decay_steps`, then `end_learning_rate`. With `cycle`
/// `decay_steps` is multiplied by as much as is needed to reach beyond the step.
public struct PolynomialDecay: LearningRateSchedule {
  public static let kerasName = "PolynomialDecay"

  private let initial: Double
  private let steps: Double
  private let end: Double
  private let power: Double
  private let isCycle: Bool

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    initial = try arguments.initialRate()
    steps = try arguments.steps("decay_steps")
    end = try arguments.size("end_learning_rate", default: 0.0001)
    power = try arguments.positive("power", default: 1)
    isCycle = try arguments.flag("cycle")
  }

  public func rate(at step: Int) -> Double {
    let position = Double(step)
    let length = isCycle ? steps * max(1, (position / steps).rounded(.up)) : steps
    return end + (initial - end) * pow(1 - min(position, length) / length, power)
  }
}
