/// The work of one thread over time, for a picture of a step. Written by that thread alone.
public final class Timeline: @unchecked Sendable {
  public struct Event: Sendable {
    public let name: String
    /// Such as `forward`.
    public let category: String
    /// Seconds from the timeline's origin, and how long it took.
    public let start: Double
    public let seconds: Double
  }

  public private(set) var events: [Event] = []
  private let origin: ContinuousClock.Instant

  /// - Parameter origin: from where all times count.
  public init(origin: ContinuousClock.Instant) { self.origin = origin }

  /// Adds what has lasted from `start` until now.
  public func record(_ name: String, _ category: String, since start: ContinuousClock.Instant) {
    let now = ContinuousClock.now
    events.append(
      Event(
        name: name, category: category, start: (start - origin) / .seconds(1), seconds: (now - start) / .seconds(1)))
  }
}

extension Timeline? {
  /// Runs `body`; where there is a timeline, its time is recorded.
  public func measure<Result, Failure: Error>(
    _ name: String, _ category: String, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let self else { return try body() }
    let start = ContinuousClock.now
    defer { self.record(name, category, since: start) }
    return try body()
  }
}
