public import Networks

/// A schedule of Keras's by its class, with Keras's arguments; or `ReduceLROnPlateau`, which is a callback there.
public struct KerasScheduleChoice: Hashable, Sendable {
  public var className: String
  public var arguments: [String: JSONValue]

  public init(className: String, arguments: [String: JSONValue] = [:]) {
    (self.className, self.arguments) = (className, arguments)
  }

  /// The classes that there are.
  public static var names: [String] { ScheduleRegistry.all.map { $0.kerasName } + [ReduceLROnPlateau.kerasName] }

  /// The schedule, or what lowers the rate: one of the two.
  ///
  /// - Parameters:
  ///   - rate: what it begins with where it does not say.
  ///   - path: of the schedule in the configuration.
  func make(
    rate: Double, stepsPerEpoch: Int, path: String = "schedule"
  ) throws(RecipeError) -> (schedule: (any LearningRateSchedule)?, plateau: ReduceLROnPlateau?) {
    var reader = ScheduleArguments(
      arguments, path: "\(path).\(className)", rate: rate, stepsPerEpoch: stepsPerEpoch)
    if className == ReduceLROnPlateau.kerasName {
      let plateau = try ReduceLROnPlateau(&reader)
      try reader.requireAllRead()
      return (nil, plateau)
    }
    guard let type = ScheduleRegistry.schedule(named: className) else {
      throw RecipeError(path, "has no '\(className)'; known are \(KerasScheduleChoice.names.joined(separator: ", ")).")
    }
    let schedule = try type.init(&reader)
    try reader.requireAllRead()
    return (schedule, nil)
  }

  /// Whether it says itself which rate it begins with.
  var hasRate: Bool {
    ["initial_learning_rate", "values"].contains { arguments[$0].map { $0 != .null } ?? false }
  }
}
