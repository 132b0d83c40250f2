extension Recipe {
  /// - Parameters:
  ///   - epochs: the length of the training that the schedule is for, where it is known.
  ///   - rate: the learning rate that is given beside the schedule; nil where none is.
  func validate(_ schedule: ScheduleChoice, _ path: String, epochs: Int?, rate: Double?) throws(RecipeError) {
    if let keras = schedule.keras { return try validate(keras, path, rate: rate) }
    let standard = ScheduleChoice()
    guard schedule.factor > 0, schedule.factor.isFinite else {
      throw RecipeError("\(path).factor", "is \(schedule.factor), but must be greater than 0.")
    }
    guard !schedule.every.isZero else { throw RecipeError("\(path).every", "is 0, but must be at least 1 step.") }
    let given: [(key: String, isGiven: Bool, users: [ScheduleChoice.Name])] = [
      ("every", schedule.every != standard.every, [.step]), ("factor", schedule.factor != standard.factor, [.step]),
      ("power", schedule.power != standard.power, [.polynomial]), ("end", schedule.end != standard.end, [.polynomial]),
      ("peakAt", schedule.peakAt != standard.peakAt, [.oneCycle]),
      ("startFactor", schedule.startFactor != standard.startFactor, [.oneCycle]),
      ("endFactor", schedule.endFactor != standard.endFactor, [.oneCycle]),
      ("warmup", schedule.warmup != standard.warmup, ScheduleChoice.Name.allCases.filter { $0 != .oneCycle }),
    ]
    if let foreign = given.first(where: { $0.isGiven && !$0.users.contains(schedule.name) }) {
      let users = foreign.users.count == 1 ? "the schedule '\(foreign.users[0].rawValue)'" : "another schedule"
      throw RecipeError(
        "\(path).\(foreign.key)", "means nothing to \(schedule.name.rawValue); remove it or use \(users).")
    }
    for (key, value) in [
      ("power", schedule.power), ("startFactor", schedule.startFactor), ("endFactor", schedule.endFactor),
    ]
    where !(value > 0 && value.isFinite) {
      throw RecipeError("\(path).\(key)", "is \(value), but must be greater than 0.")
    }
    try require("\(path).end", schedule.end, atLeast: 0)
    try require("\(path).peakAt", schedule.peakAt, below1From: 0)
    if case .epochs(let count) = schedule.warmup, let epochs, count > epochs {
      throw RecipeError(
        "\(path).warmup", "is \(schedule.warmup), longer than the whole training ('epochs': \(epochs)); shorten it.")
    }
  }

  private func validate(_ schedule: KerasScheduleChoice, _ path: String, rate: Double?) throws(RecipeError) {
    let (_, plateau) = try schedule.make(rate: rate ?? 0, stepsPerEpoch: 1, path: path)
    if let rate, schedule.hasRate {
      throw RecipeError(
        "\(path).\(schedule.className)", "says itself which rate it begins with, but \(rate) is given too; remove one.")
    }
    if let monitor = plateau?.monitor, monitor.hasPrefix("val_"), !data.hasValidation {
      throw RecipeError(
        "\(path).\(schedule.className).monitor",
        "is '\(monitor)', but there is no validation data; give 'data.validation' or 'data.split'.")
    }
  }
}

extension Span {
  var isZero: Bool { steps(perEpoch: 1) == 0 }
}
