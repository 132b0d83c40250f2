/// A learning rate as a function of the optimizer's steps, by Keras's name and arguments.
public protocol LearningRateSchedule: Sendable {
  /// Keras's class.
  static var kerasName: String { get }

  /// Reads Keras's arguments.
  init(_ arguments: inout ScheduleArguments) throws(RecipeError)

  /// - Parameter step: counted from 0.
  func rate(at step: Int) -> Double
}

/// Keras's schedules, each by its name.
public enum ScheduleRegistry {
  public static let all: [any LearningRateSchedule.Type] = [
    CosineDecay.self, CosineDecayRestarts.self, ExponentialDecay.self, InverseTimeDecay.self,
    PiecewiseConstantDecay.self, PolynomialDecay.self,
  ]

  /// Nil for a name that is no schedule of Keras's.
  public static func schedule(named name: String) -> (any LearningRateSchedule.Type)? {
    all.first { $0.kerasName == name }
  }
}
