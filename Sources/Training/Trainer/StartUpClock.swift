/// How long the parts of a start take, one after the other.
public struct StartUpClock: Sendable {
  public struct Phase: Sendable {
    /// What was done, in a word or two.
    public let name: String
    public let seconds: Double
  }

  public private(set) var phases: [Phase] = []
  private var start = ContinuousClock.now

  /// The time since the last phase was spent on this.
  mutating func end(_ name: String) {
    phases.append(Phase(name: name, seconds: start.seconds))
    start = .now
  }
}
