public import Communication
import Foundation
import Synchronization

/// Saves a run that a signal ends in the midst of a long step, on the first rank.
///
/// `SignalCallback` ends a run between two steps. mpirun, asked to end by Ctrl-C, kills the ranks a second after SIGTERM, which a step may
/// outlast. So a thread waits for SIGTERM and SIGINT; where the run has not ended by itself in a fraction of a second, the thread saves the
/// last step that was completed (`StateGate`) and ends all ranks. What was computed of the step under way is lost.
public final class Interruption: Sendable {
  /// In which a run may end between two steps, in seconds.
  private static let patience = 0.25

  private struct Run {
    var trainer: Trainer?
    var communicator: (any Communicator)?
  }

  private let run = Mutex(Run())
  private let end: @Sendable (_ sentence: String, (any Communicator)?) -> Void

  /// Takes the signals from now on.
  ///
  /// - Parameter end: ends all ranks, which may not be connected yet, and says what was interrupted and saved.
  public init(end: @escaping @Sendable (_ sentence: String, (any Communicator)?) -> Void) {
    self.end = end
    SignalWatch.start()
    let thread = Thread { [self] in
      while true { handle(SignalWatch.waitForUrgency()) }
    }
    thread.name = "signals"
    thread.start()
  }

  /// The ranks that are to end together, once they are known.
  public func attach(_ communicator: any Communicator) { run.withLock { $0.communicator = communicator } }

  /// The run that is to be saved, once there is one.
  public func attach(_ trainer: Trainer) { run.withLock { $0.trainer = trainer } }

  private func handle(_ urgency: SignalWatch.Urgency) {
    let trainer = run.withLock { $0.trainer }
    guard urgency == .ending else { return trainer?.saveInCase() ?? () }
    let start = ContinuousClock.now
    while start.seconds < Interruption.patience {
      if trainer?.isEnding == true { return }
      Thread.sleep(forTimeInterval: 0.01)
    }
    // It may have begun in the meantime.
    let (latest, communicator) = run.withLock { ($0.trainer, $0.communicator) }
    guard let latest else {
      return end("before the first step", communicator)
    }
    if let sentence = latest.saveAtOnce() { end(sentence, communicator) }
  }
}
