/// Seconds that the threads of a loader have spent, by stage. Nothing is decided by them.
public struct LoadingTimes: Hashable, Sendable {
  /// Reading files and decoding them.
  public var reading = 0.0
  /// Transforms that make new samples.
  public var transforming = 0.0
  /// Turning samples into the numbers of the network, in their lanes.
  public var writing = 0.0

  public init(reading: Double = 0, transforming: Double = 0, writing: Double = 0) {
    (self.reading, self.transforming, self.writing) = (reading, transforming, writing)
  }

  static func += (times: inout LoadingTimes, more: LoadingTimes) {
    times.reading += more.reading
    times.transforming += more.transforming
    times.writing += more.writing
  }

  public var total: Double { reading + transforming + writing }
}

/// A clock that is read between two stages.
struct StageClock {
  private var last = ContinuousClock.now

  /// Seconds since the clock was made or read.
  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    let elapsed = now - last
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}
