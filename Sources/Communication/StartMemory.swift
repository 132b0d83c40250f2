package import Tensors

/// The memory that a process needs to start: where it is missing, libraries crash, or wait for threads of their own
/// that never came.
package enum StartMemory {
  /// What this program takes before it plans, and what MPI and the threads that watch over the ranks take besides, with
  /// the stacks of these threads: measured.
  private static let program = 32 << 20
  private static let messagePassing = 64 << 20
  /// Addresses without memory of their own: OpenBLAS, and the program's file, of which a digest is taken.
  private static let code = 112 << 20

  /// Why this process cannot start; nil where it can. Asked before threads are started, it prepares them for the memory
  /// that there is.
  package static let shortage: MemoryError? = {
    ThreadMemory.shareHeapIfLimited()
    let (state, isLaunched) = (MemoryState.current, LaunchEnvironment.current.hasLauncher)
    let needed = program + (isLaunched ? messagePassing : 0)
    func error(needing bytes: Int, in limits: [MemoryLimit]) -> MemoryError? {
      MemoryState(resident: state.resident, limits: limits).shortage(
        of: state.resident + bytes, processes: isLaunched ? LaunchEnvironment.current.localRanks : 1,
        for: isLaunched ? "the start of a rank" : "the start",
        remedy: "raise that limit, or end what else holds memory")
    }
    let shortage =
      error(needing: needed + code, in: state.limits.filter { $0.countsAddresses })
      ?? error(needing: needed, in: state.limits.filter { !$0.countsAddresses })
    if shortage != nil { ThreadMemory.useSmallStacks() }
    return shortage
  }()
}
