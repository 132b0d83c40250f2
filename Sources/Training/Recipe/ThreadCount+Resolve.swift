import Foundation

extension ThreadCount {
  /// Workers for a rank that shares its machine with others.
  public func resolve(ranksOnNode: Int) -> Int {
    switch self {
    case .fixed(let count): count
    // The count honours the affinity mask; where mpirun has bound this rank to some cores, they are its own.
    case .automatic: max(1, ProcessInfo.processInfo.activeProcessorCount / ranksOnNode)
    }
  }
}
