import Communication
import Foundation

/// How this process was started, as far as the environment tells before the ranks are connected.
enum Launch {
  /// Open MPI's mpirun, PMIx and PMI.
  static var rank: Int {
    let environment = ProcessInfo.processInfo.environment
    return ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"].compactMap { environment[$0] }.compactMap { Int($0) }.first
      ?? 0
  }

  /// Ends a rank that says nothing because the first rank speaks for all.
  ///
  /// mpirun ends all ranks as soon as one fails: a rank that failed faster than the first could keep it from speaking.
  static func end(behindTheFirstWith status: Int32) -> Never {
    if status != 0 { Thread.sleep(forTimeInterval: 3) }
    exit(status)
  }

  /// Whether a person at a terminal reads the standard output.
  static var isWatched: Bool {
    guard LaunchEnvironment.current.hasLauncher else { return isatty(STDOUT_FILENO) == 1 }
    // mpirun gives every rank a terminal of its own, whatever becomes of the output: what counts is where mpirun writes.
    let output = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(getppid())/fd/\(STDOUT_FILENO)")
    return output.map { $0.hasPrefix("/dev/pts/") || $0.hasPrefix("/dev/tty") } ?? false
  }
}
