import Synchronization

/// The state of a rank and how long others wait for it: written by the rank as it goes, read by its `Heartbeat`.
///
/// All communicators of a run share one.
public final class Supervision: Sendable {
  /// The work of a rank between two meetings with the others.
  public enum Phase: UInt8, Sendable, CaseIterable {
    case starting, loading, voting, computing, exchanging, updating, evaluating, saving, reporting, checking, leaving,
      rebuilding

    var name: String {
      switch self {
      case .starting: "starting"
      case .loading: "loading data"
      case .voting: "voting"
      case .computing: "computing"
      case .exchanging: "exchanging gradients"
      case .updating: "updating the weights"
      case .evaluating: "evaluating"
      case .saving: "saving a checkpoint"
      case .reporting: "in its callbacks"
      case .checking: "comparing the replicas"
      case .leaving: "leaving"
      case .rebuilding: "making the network of the next phase"
      }
    }
  }

  /// Where a rank stands.
  package struct Standing: Hashable, Sendable {
    package var step = 0
    package var phase = Phase.starting
    /// Time in this phase.
    package var phaseSeconds = 0.0
    /// The operation that the rank waits in, and since when.
    package var call: Call?
    package var waitingSeconds = 0.0
    /// How long the rank is willing to wait.
    package var deadline = 0.0

    package init(
      step: Int = 0, phase: Phase = .starting, phaseSeconds: Double = 0, call: Call? = nil, waitingSeconds: Double = 0,
      deadline: Double = 0
    ) {
      (self.step, self.phase, self.phaseSeconds) = (step, phase, phaseSeconds)
      (self.call, self.waitingSeconds, self.deadline) = (call, waitingSeconds, deadline)
    }

    var isOverdue: Bool { call != nil && waitingSeconds > deadline }
    /// Whether the rank may keep the others waiting because it saves: files take longer than steps, but not for ever.
    var isSaving: Bool { phase == .saving && call == nil && phaseSeconds < Supervision.startFactor * deadline }
  }

  /// Before the first step has ended, and while a checkpoint is saved, ranks wait so many times as long: they read or
  /// write files, and fill caches.
  public static let startFactor = 5.0
  public static let defaultPatience = 120.0

  private struct State {
    var patience = Supervision.defaultPatience
    var isSettled = false
    var step = 0
    var phase = Phase.starting
    var phaseStart = SuspendingClock.now
    var call: Call?
    var callStart = SuspendingClock.now
    var channels = 0

    var deadline: Double { isSettled ? patience : patience * Supervision.startFactor }
  }

  private let state = Mutex(State())

  public init() {}

  /// How long a rank waits for the others in one operation before the run is ended, in seconds.
  public var patience: Double {
    get { state.withLock { $0.patience } }
    set { state.withLock { $0.patience = newValue } }
  }

  /// The patience, or more of it where the first step has not ended.
  public var deadline: Double { state.withLock { $0.deadline } }

  /// The rank begins something else.
  ///
  /// - Parameter step: counted from 1; nil leaves it.
  public func enter(_ phase: Phase, step: Int? = nil) {
    state.withLock {
      $0.phase = phase
      $0.phaseStart = .now
      if let step { $0.step = step }
    }
  }

  /// The first step has ended.
  public func settle() { state.withLock { $0.isSettled = true } }

  /// The rank waits in an operation until `endWaiting`.
  package func beginWaiting(_ call: Call) {
    state.withLock { ($0.call, $0.callStart) = (call, .now) }
  }

  package func endWaiting() { state.withLock { $0.call = nil } }

  /// Time in which this process was stopped does not count.
  func forgive(_ duration: Duration) {
    state.withLock {
      $0.phaseStart += duration
      $0.callStart += duration
    }
  }

  /// A number for another communicator.
  func takeChannel() -> Int {
    state.withLock {
      $0.channels += 1
      return $0.channels - 1
    }
  }

  var standing: Standing {
    state.withLock {
      Standing(
        step: $0.step, phase: $0.phase, phaseSeconds: $0.phaseStart.age, call: $0.call,
        waitingSeconds: $0.call == nil ? 0 : $0.callStart.age, deadline: $0.deadline)
    }
  }
}

extension SuspendingClock.Instant {
  /// Seconds since this instant.
  var age: Double { (SuspendingClock.now - self) / .seconds(1) }
}
