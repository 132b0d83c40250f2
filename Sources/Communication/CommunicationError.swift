/// An error between ranks.
public enum CommunicationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An operation failed; `text` is MPI's own.
  case failed(operation: String, text: String)
  /// MPI was built without support for several threads.
  case threadLevel(provided: Int, required: Int)
  /// The process cannot have the memory that a rank needs to start; `text` says what to do.
  case noMemory(text: String)
  /// The launcher started `launched` ranks, but MPI sees `joined`.
  case notConnected(launched: Int, joined: Int)
  /// Another rank ended the run.
  case aborted(rank: Int, code: Int)
  /// Some ranks did not come to an operation in time.
  case overdue(operation: String, missing: [Int], seconds: Double)
  /// Ranks called different operations, or one of different sizes: the operation of each rank.
  case different(operations: [String])

  /// The exit status of a run whose ranks lost each other: one died, stalled, or did something else than the others.
  public static let exitStatus = 4

  public var description: String {
    switch self {
    case .failed(let operation, let text):
      return "\(operation) failed: \(text); look for an earlier message of another rank, and check that all ranks "
        + "run the same build with the same configuration and call the same collective operations"
    case .threadLevel(let provided, let required):
      return "MPI offers thread level \(provided) where \(required) (MPI_THREAD_MULTIPLE) is needed: use an MPI "
        + "built with support for threads, such as Debian's openmpi-bin"
    case .noMemory(let text):
      return text
    case .notConnected(let launched, let joined):
      return "\(launched) ranks were started, but MPI connected \(joined): start them with the mpirun of the MPI that "
        + "convoy was built with, or with srun --mpi=pmix"
    case .aborted(let rank, let code):
      return "rank \(rank) ended the run with code \(code): see its message"
    case .overdue(let operation, let missing, let seconds):
      let ranks = missing.map { "rank \($0)" }.joined(separator: ", ")
      return
        "\(ranks) did not come to \(operation) within \(seconds) s: find out what holds it, or raise 'patience' if it "
        + "needs that long"
    case .different(let operations):
      let list = operations.enumerated().map { "rank \($0): \($1)" }.joined(separator: ", ")
      return "the ranks have called different operations (\(list)): call collective operations, such as those of a "
        + "callback, on every rank in the same order"
    }
  }
}
