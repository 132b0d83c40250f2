import Glibc

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

  private static func connect(_ environment: LaunchEnvironment) throws(CommunicationError) -> any Communicator {
    let communicator: any Communicator
    if environment.hasLauncher {
      try MPILibrary.start()
      communicator = try MPICommunicator(hostName: hostName())
    } else {
      communicator = SingleCommunicator(hostName: hostName())
    }
    if let launched = environment.ranks, launched != communicator.size {
      throw .notConnected(launched: launched, joined: communicator.size)
    }
    return communicator
  }

  static func exit(code: Int) { Glibc.exit(Int32(truncatingIfNeeded: code)) }

  private static func hostName() -> String {
    var name = [UInt8](repeating: 0, count: 256)
    unsafe name.withUnsafeMutableBytes { bytes in
      // The last byte stays zero: a name that does not fit may come without an end.
      _ = unsafe gethostname(bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count - 1)
    }
    return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
  }
}
