import Glibc
import Synchronization
import TemporaryFiles

/// SIGTERM, for a moment. When a rank dies, mpirun ends the others with SIGTERM and kills them a second later: time
/// enough to say which rank it was, which a process that SIGTERM ends at once has not.
enum Termination {
  private static let asked = Atomic(false)
  private static let isTaken = Atomic(false)

  static var wasAsked: Bool { asked.load(ordering: .relaxed) }

  /// Takes the signal from now on, unless the program does something with it already.
  static func take() {
    _ = wasAsked
    var action = sigaction()
    unsafe sigaction(SIGTERM, nil, &action)
    guard unsafe action.__sigaction_handler.sa_handler == nil else { return }
    isTaken.store(true, ordering: .relaxed)
    signal(SIGTERM) { _ in
      // mpirun may kill this process before it obeys.
      TemporaryName.removeAll()
      Termination.asked.store(true, ordering: .relaxed)
    }
  }

  /// Gives the signal back.
  static func release() {
    guard isTaken.load(ordering: .relaxed) else { return }
    signal(SIGTERM, SIG_DFL)
    if wasAsked { raise(SIGTERM) }
  }

  /// Ends this process as the signal would have done.
  static func obey() {
    signal(SIGTERM, SIG_DFL)
    raise(SIGTERM)
  }
}
