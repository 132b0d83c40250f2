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

  /// Steps without what is to be measured, each following one of `steps`.
  var without: [Double] = []
  /// Of one processor, what the heartbeat's thread took.
  var heartbeatShare = 0.0

  /// Of a step, what is measured takes: the middle one of the differences of neighbours.
  var measuredShare: Double? {
    guard !without.isEmpty else { return nil }
    return StepTimes.median(zip(steps, without).map { $0 - $1 }) / StepTimes.median(without)
  }

  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
