/// Seconds from one meeting of all ranks to the next.
struct StepTimes {
  /// From the start of the process to the end of the first step.
  var firstStep = 0.0
  /// Before the first step, by what it was spent on.
  var startUp: [String: Double] = [:]
  var steps: [Double] = []
  /// Of each step, what waited for other ranks with nothing else to do.
  var exposed: [Double] = []

  /// Steps before the timed ones.
  static let warmUp = 2

  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
