/// `initial / (1 + decay_rate * step / decay_steps)`; the fraction is rounded down where it is a `staircase`.
public struct InverseTimeDecay: LearningRateSchedule {
  public static let kerasName = "InverseTimeDecay"

  private let initial: Double
  private let steps: Double
  private let decay: Double
  private let isStaircase: Bool

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    initial = try arguments.initialRate()
    steps = try arguments.steps("decay_steps")
    decay = try arguments.size("decay_rate", example: "0.5")
    isStaircase = try arguments.flag("staircase")
  }

  public func rate(at step: Int) -> Double {
    let fraction = Double(step) / steps
    return initial / (1 + decay * (isStaircase ? fraction.rounded(.down) : fraction))
  }
}
