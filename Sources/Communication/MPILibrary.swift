internal import CMPI
import Glibc
import Synchronization

/// The gate to MPI as a whole: its start, its end, its requests, and the one check of its return codes.
enum MPILibrary {
  /// Starts MPI. At exit it is finalized, or, if the exit status is not zero, the other ranks are ended too: they would
  /// wait for this one for ever.
  static func start() throws(CommunicationError) {
    // On one machine Open MPI would look for network cards for 0.2 s, only to use shared memory. The user's choice
    // wins.
    if LaunchEnvironment.current.isOnOneMachine { unsafe setenv("OMPI_MCA_pml", "ob1", 0) }
    // Where ranks outnumber cores, Open MPI yields the processor in every poll. Processes that did little else were
    // probably what kept others, and the kernel's own threads, waiting for minutes on Linux 6.18; `wait` sleeps for
    // microseconds instead.
    unsafe setenv("OMPI_MCA_mpi_yield_when_idle", "0", 0)
    var provided: Int32 = 0
    try check(unsafe MPI_Init_thread(nil, nil, CMPI_THREAD_MULTIPLE(), &provided), "MPI_Init_thread")
    unsafe on_exit(
      { status, _ in
        if status == 0 { MPILibrary.finalize() } else { MPILibrary.exit(status: Int(status)) }
      }, nil)
    guard provided >= CMPI_THREAD_MULTIPLE() else {
      throw .threadLevel(provided: Int(provided), required: Int(CMPI_THREAD_MULTIPLE()))
    }
    try check(unsafe MPI_Comm_set_errhandler(CMPI_COMM_WORLD(), CMPI_ERRORS_RETURN()), "MPI_Comm_set_errhandler")
  }

  /// Whether MPI was started and not yet finalized.
  static var isRunning: Bool {
    var (initialized, finalized): (Int32, Int32) = (0, 0)
    unsafe MPI_Initialized(&initialized)
    unsafe MPI_Finalized(&finalized)
    return initialized != 0 && finalized == 0
  }

  /// What watches over the ranks, where there are several.
  private static let watch = Mutex<(heartbeat: Heartbeat, supervision: Supervision)?>(nil)

  static func supervise(by heartbeat: Heartbeat, _ supervision: Supervision) {
    watch.withLock { $0 = (heartbeat, supervision) }
  }

  static var heartbeatSeconds: Double { watch.withLock { $0 }?.heartbeat.processorSeconds ?? 0 }

  static var isOver: Bool { watch.withLock { $0 }?.heartbeat.isOver ?? false }

  static func finalize() {
    guard isRunning else { return }
    let watch = watch.withLock { $0 }
    watch?.supervision.enter(.leaving)
    watch?.heartbeat.leave()
    watch?.supervision.beginWaiting(Call(operation: .leave, channel: 0, number: 1))
    MPI_Finalize()
    watch?.heartbeat.stop()
    Termination.release()
    CrashNotice.release()
  }

  /// Ends the other ranks, which would wait for this one.
  private static func exit(status: Int) {
    guard isRunning else { return }
    if let watch = watch.withLock({ $0 }) {
      watch.heartbeat.fail(status: status)
    }
    abort(code: status)
  }

  /// Lets one rank say what has failed here, and end all of them.
  static func fail(_ sentence: String, code: Int, isConsequence: Bool = false) {
    watch.withLock { $0 }?.heartbeat.fail(Message(isConsequence ? .consequence : .failing, code: code, text: sentence))
  }

  private static let abortStatus = Atomic<Int32>(0)

  /// Ends all ranks at once.
  static func abort(code: Int) {
    guard isRunning else { return }
    Launcher.end(status: Int32(truncatingIfNeeded: code))
    // Should MPI not come back, this ends the process, and mpirun the others.
    abortStatus.store(Int32(truncatingIfNeeded: code), ordering: .relaxed)
    signal(SIGALRM) { _ in _exit(MPILibrary.abortStatus.load(ordering: .relaxed)) }
    alarm(5)
    unsafe MPI_Abort(CMPI_COMM_WORLD(), Int32(truncatingIfNeeded: code))
  }

  /// Advances a request; an error may be the consequence of what another rank did.
  static func test(_ request: inout MPI_Request?, _ operation: StaticString) throws(CommunicationError) -> Bool {
    var flag: Int32 = 0
    do {
      try check(unsafe MPI_Test(&request, &flag, CMPI_STATUS_IGNORE()), operation)
    } catch {
      fail(error.description, code: CommunicationError.exitStatus, isConsequence: true)
      throw error
    }
    return flag != 0
  }

  /// Whether `wait` leaves the waiting to MPI, to see what polling costs.
  static let waitsInside = Atomic(false)

  /// Polls a request until it is complete. How long that may take is up to `Heartbeat`.
  ///
  /// MPI works only inside calls: at first they follow each other, as in MPI's own waiting, then with pauses that leave
  /// the processor to workers and loaders.
  static func wait(_ request: inout MPI_Request?, _ operation: StaticString) throws(CommunicationError) {
    if waitsInside.load(ordering: .relaxed) {
      return try check(unsafe MPI_Wait(&request, CMPI_STATUS_IGNORE()), operation)
    }
    var start: SuspendingClock.Instant?
    var tests = 0
    while try unsafe !test(&request, operation) {
      tests += 1
      guard tests % 64 == 0 else { continue }
      if start == nil { cmpi_sleep_exactly() }
      let beginning = start ?? .now
      start = beginning
      usleep(beginning.age > 0.01 ? 50 : 20)
    }
  }

  /// Turns MPI's code into an error with MPI's own text.
  static func check(_ code: Int32, _ operation: StaticString) throws(CommunicationError) {
    guard code != CMPI_SUCCESS() else { return }
    var text = [CChar](repeating: 0, count: Int(CMPI_MAX_ERROR_STRING()))
    var length: Int32 = 0
    unsafe MPI_Error_string(code, &text, &length)
    let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    throw .failed(operation: "\(operation)", text: String(decoding: bytes, as: UTF8.self))
  }
}
