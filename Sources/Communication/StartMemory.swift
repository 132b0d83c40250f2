package import Tensors

/// The memory that a process needs to start: where it is missing, libraries crash, or wait for threads of their own
/// that never came.
package enum StartMemory {
  /// What this program takes before it plans, and what MPI and the threads that watch over the ranks take besides, with
  /// the stacks of these threads: measured.
  private static let program = 32 << 20
  private static let messagePassing = 64 << 20

  /// Why this process cannot start; nil where it can. Asked before threads are started, it prepares them for the memory
  /// that there is.
  package static let shortage: MemoryError? = {
    ThreadMemory.shareHeapIfLimited()
    let (state, environment) = (MemoryState.current, LaunchEnvironment.current)
    let isLaunched = environment.hasLauncher
    let shortage = state.shortage(
      of: state.resident + program + (isLaunched ? messagePassing : 0),
      processes: isLaunched ? environment.localRanks : 1, for: isLaunched ? "the start of a rank" : "the start",
      remedy: "raise that limit, or end what else holds memory")
    if shortage != nil { ThreadMemory.useSmallStacks() }
    return shortage
  }()
}
