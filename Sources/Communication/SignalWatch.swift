import Glibc
import Synchronization
import TemporaryFiles

/// Notes signals that ask a run to end or to save, for the next time that it can.
///
/// SIGTERM, SIGINT, SIGUSR1 and SIGUSR2 ask it to end, SIGHUP to save. The handlers do nothing but store to atomics and
/// ring a bell, so they may come at any time. A second SIGINT ends the process at once. SIGXFSZ is ignored: a file that
/// grows beyond a limit is an error of the write, such as a full disk is.
public enum SignalWatch {
  /// A wish of a signal.
  public enum Request: Sendable { case nothing, save, end }

  /// How long a process may still have that a signal came to.
  package enum Urgency: Sendable {
    /// SIGTERM or SIGINT: whoever sent it may kill the process soon.
    case ending
    /// SIGCONT from a launcher, which is what mpirun sends a second before SIGTERM; but a process that was stopped gets
    /// it, too.
    case mayEnd
  }

  private static let numbers = [SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP]
  private static let wantsEnd = Atomic(false)
  private static let wantsSave = Atomic(false)
  private static let interrupts = Atomic(0)
  /// A pipe: where to listen, and where to ring.
  private static let bell: [Int32] = {
    var ends: [Int32] = [0, 0]
    let code = unsafe pipe(&ends)
    precondition(code == 0, "no pipe could be made: \(unsafe String(cString: strerror(errno)))")
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    return ends
  }()
  private static let ringing = Atomic<Int32>(-1)

  /// Takes the signals from now on. Calling it again does nothing.
  public static func start() {
    // The atomics must exist before a handler meets them.
    _ = (wantsEnd.load(ordering: .relaxed), wantsSave.load(ordering: .relaxed), interrupts.load(ordering: .relaxed))
    ringing.store(bell[1], ordering: .relaxed)
    for number in numbers { take(number) }
    if LaunchEnvironment.current.hasLauncher { take(SIGCONT) }
    signal(SIGXFSZ, SIG_IGN)
    // Whoever started this process may have kept them back, and threads to come take over what this one keeps back.
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers { unsafe sigaddset(&set, number) }
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func take(_ number: Int32) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { SignalWatch.note($0) }
    // What waits in the operating system goes on waiting.
    action.sa_flags = SA_RESTART
    unsafe sigaction(number, &action, nil)
  }

  /// What has been asked for; a save is asked for once, the end for good.
  public static func take() -> Request {
    if wantsEnd.load(ordering: .relaxed) { return .end }
    return wantsSave.exchange(false, ordering: .relaxed) ? .save : .nothing
  }

  /// Waits for the next signal after which there may be little time. For one thread.
  package static func waitForUrgency() -> Urgency {
    var number: UInt8 = 0
    while unsafe read(bell[0], &number, 1) != 1 {}
    return Int32(number) == SIGCONT ? .mayEnd : .ending
  }

  private static func note(_ number: Int32) {
    if number == SIGHUP { return wantsSave.store(true, ordering: .relaxed) }
    if number == SIGTERM || number == SIGINT || number == SIGCONT { ring(UInt8(number)) }
    if number == SIGCONT { return }
    wantsEnd.store(true, ordering: .relaxed)
    guard number == SIGINT, interrupts.add(1, ordering: .relaxed).oldValue > 0 else { return }
    TemporaryName.removeAll()
    // Delivered when this handler returns.
    signal(SIGINT, SIG_DFL)
    raise(SIGINT)
  }

  private static func ring(_ number: UInt8) {
    let before = errno
    var number = number
    unsafe write(ringing.load(ordering: .relaxed), &number, 1)
    errno = before
  }
}
