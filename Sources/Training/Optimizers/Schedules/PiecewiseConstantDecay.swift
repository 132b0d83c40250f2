/// `values[0]` up to and including the step `boundaries[0]`, then `values[1]` up to the next one, and so on.
public struct PiecewiseConstantDecay: LearningRateSchedule {
  public static let kerasName = "PiecewiseConstantDecay"

  private let boundaries: [Double]
  private let values: [Double]

  public init(_ arguments: inout ScheduleArguments) throws(RecipeError) {
    boundaries = try arguments.stepList("boundaries")
    values = try arguments.numberList("values", count: boundaries.count + 1)
  }

  public func rate(at step: Int) -> Double { values[boundaries.firstIndex { Double(step) <= $0 } ?? boundaries.count] }
}
