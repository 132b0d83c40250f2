import Glibc
import Synchronization
import Tensors

/// Ends this process if the ranks do not meet in time: MPI's own start cannot be given a deadline.
///
/// The time is that of the environment variable `CONVOY_PATIENCE`, in seconds, as no configuration has been read by
/// then.
@safe
final class StartWatch: @unchecked Sendable {
  static let variable = "CONVOY_PATIENCE"

  private let isOver = Mutex(false)

  init(_ environment: LaunchEnvironment) {
    let patience = environment.patience ?? Supervision.startFactor * Supervision.defaultPatience
    // One rank speaks: the first of those that wait.
    let turn = 3 * Double(environment.rank ?? 0)
    let watch = unsafe Unmanaged.passRetained(Box(watch: self, patience: patience + turn))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        let box = unsafe Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue()
        box.watch.run(box.patience)
        return nil
      }, watch.toOpaque())
    guard code == 0 else { MemoryError.noThread(code).end() }
    pthread_detach(thread)
  }

  private final class Box: Sendable {
    let watch: StartWatch
    let patience: Double

    init(watch: StartWatch, patience: Double) { (self.watch, self.patience) = (watch, patience) }
  }

  /// The ranks have met.
  func finish() { isOver.withLock { $0 = true } }

  private func run(_ patience: Double) {
    let start = SuspendingClock.now
    while start.age < patience {
      usleep(100_000)
      if isOver.withLock({ $0 }) { return }
    }
    // While the lock is held, `finish` waits, and nothing of MPI is begun.
    isOver.withLock { isOver in
      guard !isOver else { return }
      World.say(
        "the ranks did not meet within \(Int(patience)) s of their start: look for a rank that was stopped or a "
          + "machine that "
          + "does not answer; \(StartWatch.variable)=SECONDS gives them longer")
      _exit(Int32(CommunicationError.exitStatus))
    }
  }
}
