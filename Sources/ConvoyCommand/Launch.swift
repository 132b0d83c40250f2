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

  /// The terminal at which a person reads the standard output; nil where it goes elsewhere.
  static var terminal: Terminal? {
    // mpirun gives every rank a terminal of its own, whatever becomes of the output: what counts is where mpirun
    // writes.
    let process = LaunchEnvironment.current.hasLauncher ? String(getppid()) : "self"
    let output = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(STDOUT_FILENO)")
    guard let output, output.hasPrefix("/dev/pts/") || output.hasPrefix("/dev/tty") else { return nil }
    return Terminal(output)
  }
}
