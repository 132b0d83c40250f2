import Glibc
import Synchronization

/// Notes signals that ask a run to end or to save, for the next time that it can.
///
/// SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 ask it to end, SIGHUP to save. The handlers do nothing but store to atomics, so they may
/// come at any time. A second SIGINT ends the process at once. SIGXFSZ is ignored: a file that grows beyond a limit is an error of the
/// write, such as a full disk is.
public enum SignalWatch {
  /// What signals have asked for.
  public enum Request: Sendable { case nothing, save, end }

  private static let numbers = [SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP]
  private static let wantsEnd = Atomic(false)
  private static let wantsSave = Atomic(false)
  private static let interrupts = Atomic(0)

  /// Takes the signals from now on. Calling it again does nothing.
  public static func start() {
    // The atomics must exist before a handler meets them.
    _ = (wantsEnd.load(ordering: .relaxed), wantsSave.load(ordering: .relaxed), interrupts.load(ordering: .relaxed))
    for number in numbers {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = { SignalWatch.note($0) }
      // What waits in the operating system goes on waiting.
      action.sa_flags = SA_RESTART
      unsafe sigaction(number, &action, nil)
    }
    signal(SIGXFSZ, SIG_IGN)
    // Whoever started this process may have kept them back, and threads to come take over what this one keeps back.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// What has been asked for; a save is asked for once, the end for good.
  public static func take() -> Request {
    if wantsEnd.load(ordering: .relaxed) { return .end }
    return wantsSave.exchange(false, ordering: .relaxed) ? .save : .nothing
  }

  private static func note(_ number: Int32) {
    if number == SIGHUP { return wantsSave.store(true, ordering: .relaxed) }
    wantsEnd.store(true, ordering: .relaxed)
    guard number == SIGINT, interrupts.add(1, ordering: .relaxed).oldValue > 0 else { return }
    // Delivered when this handler returns.
    signal(SIGINT, SIG_DFL)
    raise(SIGINT)
  }
}
