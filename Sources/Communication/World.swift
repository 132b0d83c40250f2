import Glibc
import Synchronization
import TemporaryFiles
import Tensors

/// All ranks of this run.
public enum World {
  private static let joined = Result { () throws(CommunicationError) -> any Communicator in
    try connect(LaunchEnvironment.current)
  }

  /// The communicator of all ranks, the same one at every call. The first call starts MPI if a launcher such as
  /// `mpirun` started this process; otherwise the run has one rank.
  ///
  /// When the process exits with status 0 it waits for the other ranks to end; with another status it ends them.
  public static func join() throws(CommunicationError) -> any Communicator { try joined.get() }

  /// Waits until every rank leaves, and ends MPI; no communicator may be used afterwards. Only needed by ranks that
  /// agree to exit with a status other than 0 and want each other to finish their messages.
  public static func leave() { MPILibrary.finalize() }

  /// Ends a process with a status that all ranks end with, after `leave`, or before `join`. The first rank, which has
  /// said what there is to say, ends the job; the others wait for that, because mpirun has words of its own for a
  /// process that ends by itself.
  public static func end(status: Int32) -> Never {
    if status != 0, LaunchEnvironment.current.hasLauncher {
      if LaunchEnvironment.current.rank ?? 0 == 0 { Launcher.end(status: status) } else { usleep(3_000_000) }
    }
    Glibc.exit(status)
  }

  /// Ends all ranks from a thread of the first one, also before they are connected: what its other threads still do
  /// must not meet a library that has been ended.
  public static func endAtOnce(status: Int32) -> Never {
    TemporaryName.removeAll()
    if LaunchEnvironment.current.hasLauncher { Launcher.end(status: status) }
    _exit(status)
  }

  /// Whether it has been said why the run ends; then mpirun's SIGTERM is a consequence.
  package static var isOver: Bool { MPILibrary.isOver }

  /// Processor time that the heartbeat's thread of this rank has taken so far.
  package static var heartbeatSeconds: Double { MPILibrary.heartbeatSeconds }

  /// Leaves waiting to MPI instead of polling, to see what polling costs.
  package static func waitInsideMPI(_ isOn: Bool) { MPILibrary.waitsInside.store(isOn, ordering: .relaxed) }

  private static func connect(_ environment: LaunchEnvironment) throws(CommunicationError) -> any Communicator {
    let communicator: any Communicator
    if let shortage = StartMemory.shortage { throw .noMemory(text: shortage.description) }
    if environment.hasLauncher {
      let watch = StartWatch(environment)
      defer { watch.finish() }
      try MPILibrary.start()
      let world = try MPICommunicator(hostName: hostName(), supervision: Supervision())
      communicator = world
      if world.size > 1 { try startHeartbeat(world) }
    } else {
      communicator = SingleCommunicator(hostName: hostName())
    }
    if let launched = environment.ranks, launched != communicator.size {
      throw .notConnected(launched: launched, joined: communicator.size)
    }
    return communicator
  }

  private static func startHeartbeat(_ world: MPICommunicator) throws(CommunicationError) {
    let (links, missing) = try Link.connect(world)
    if !missing.isEmpty {
      let ranks = missing.map { "rank \($0) on \(world.hostNames[$0])" }.joined(separator: ", ")
      say(
        "\(ranks) cannot reach rank 0 on \(world.hostNames[0]) by TCP: a rank that dies or stalls there ends the run "
          + "only "
          + "when the others have lost their patience; open the machines' ports to each other")
    }
    let heartbeat = Heartbeat(
      rank: world.rank, hostNames: world.hostNames, supervision: world.supervision, links: links, end: end)
    // Where no thread can be started, nobody must wait for it when the process ends.
    heartbeat.start()
    MPILibrary.supervise(by: heartbeat, world.supervision)
    Termination.take()
    CrashNotice.take(links)
  }

  /// Says what has happened and ends all ranks. Where another one has said it, and MPI has not ended this process, it
  /// ends by itself.
  private static func end(_ sentence: String?, code: Int) {
    TemporaryName.removeAll()
    guard let sentence else { _exit(Int32(truncatingIfNeeded: code)) }
    say(sentence)
    // Where a rank died, mpirun ends the run by itself, with a status that tells the signal.
    if code == CommunicationError.exitStatus { usleep(2_000_000) }
    MPILibrary.abort(code: code)
    _exit(Int32(truncatingIfNeeded: code))
  }

  static func exit(code: Int) { Glibc.exit(Int32(truncatingIfNeeded: code)) }

  /// One sentence on the standard error, at once.
  static func say(_ sentence: String) {
    guard !LauncherOutput.hasLostReader(of: STDERR_FILENO) else { return }
    let end = sentence.hasSuffix(".") || sentence.hasSuffix("?") ? "\n" : ".\n"
    _ = unsafe Array("convoy: \(sentence)\(end)".utf8).withUnsafeBytes { bytes in
      unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }

  private static func hostName() -> String {
    var name = [UInt8](repeating: 0, count: 256)
    unsafe name.withUnsafeMutableBytes { bytes in
      // The last byte stays zero: a name that does not fit may come without an end.
      _ = unsafe gethostname(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count - 1)
    }
    return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
  }
}
