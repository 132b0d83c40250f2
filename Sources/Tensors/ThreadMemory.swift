internal import CAffinity
import Glibc

/// Memory that the C library sets aside for each thread.
package enum ThreadMemory {
  /// Keeps threads to come from a heap of 64 MiB of addresses each, where the shell limits addresses (`ulimit -v`).
  package static func shareHeapIfLimited() {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur != .max
    else { return }
    threads_share_heap()
  }

  /// Lets threads to come, such as those of a library that ends the job, make do with small stacks.
  package static func useSmallStacks() { threads_set_stack(256 << 10) }
}
