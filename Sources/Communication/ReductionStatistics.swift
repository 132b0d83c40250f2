/// The cost of reducing the gradients.
public struct ReductionStatistics: Hashable, Sendable {
  /// Reductions finished.
  public var steps = 0
  /// Time in `finish()`, which nothing overlaps, in seconds.
  public var exposedSeconds = 0.0
  /// Bytes this rank sent.
  public var bytesSent = 0

  public init() {}
}

extension ReductionStatistics {
  /// Adds one step whose `finish()` began at `start`.
  mutating func add(since start: ContinuousClock.Instant, bytes: Int) {
    steps += 1
    exposedSeconds += (ContinuousClock.now - start) / .seconds(1)
    bytesSent += bytes
  }
}
