public import Communication
import Foundation
import Synchronization

/// Saves a run that a signal ends in the midst of a long step, on the first rank.
///
/// `SignalCallback` ends a run between two steps. mpirun, asked to end by Ctrl-C, kills the ranks a second after
/// SIGTERM, which a step may outlast. So a thread waits for SIGTERM and SIGINT; where the run has not ended by itself
/// in a fraction of a second, the thread saves the last step that was completed (`StateGate`) and ends all ranks. What
/// was computed of the step under way is lost.
public final class Interruption: Sendable {
  /// An interruption.
  public struct Event: Sendable {
    /// `in step 13; step 12 is saved`
    public let place: String
    /// Whether there is a checkpoint to go on from.
    public let isSaved: Bool
    /// Nil until the ranks are connected.
    public let communicator: (any Communicator)?
  }

  /// In which a run may end between two steps, in seconds.
  private static let patience = 0.25

  private struct Run {
    var trainer: Trainer?
    var communicator: (any Communicator)?
    var isDismissed = false
  }

  private let run = Mutex(Run())
  private let end: @Sendable (Event) -> Void

  /// Takes the signals from now on.
  ///
  /// - Parameter end: says what was interrupted, and ends all ranks.
  public init(end: @escaping @Sendable (Event) -> Void) {
    self.end = end
    SignalWatch.start()
    let thread = Thread { [self] in
      while true { handle(SignalWatch.waitForUrgency()) }
    }
    // It writes checkpoints.
    thread.stackSize = 8 << 20
    thread.name = "signals"
    thread.start()
  }

  /// The ranks that are to end together, once they are known.
  public func attach(_ communicator: any Communicator) { run.withLock { $0.communicator = communicator } }

  /// The run that is to be saved, once there is one.
  public func attach(_ trainer: Trainer) { run.withLock { $0.trainer = trainer } }

  /// The process ends by itself, whatever signals are to come: mpirun ends the other ranks with SIGTERM when one has
  /// failed.
  public func dismiss() { run.withLock { $0.isDismissed = true } }

  private func handle(_ urgency: SignalWatch.Urgency) {
    if urgency == .mayEnd {
      if !isEnding { run.withLock { $0.trainer }?.saveInCase() }
      return
    }
    let start = ContinuousClock.now
    while start.seconds < Interruption.patience {
      if isEnding { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    let (trainer, communicator) = run.withLock { ($0.trainer, $0.communicator) }
    guard let trainer else {
      return end(Event(place: "before the first step", isSaved: false, communicator: communicator))
    }
    guard let (place, isSaved) = trainer.saveAtOnce() else { return }
    end(Event(place: place, isSaved: isSaved, communicator: communicator))
  }

  /// Whether the run ends by itself.
  private var isEnding: Bool {
    let run = run.withLock { $0 }
    return run.isDismissed || World.isOver || run.trainer?.endsByItself == true
  }
}
