import Glibc

/// The memory that a process holds, and the bounds of how much more it may take: the machine, the control
/// groups around the process, and the limits of the shell (`ulimit -v`, `ulimit -d`).
package struct MemoryState: Hashable, Sendable, Codable {
  /// Bytes of the process that are in memory.
  package let resident: Int
  package let limits: [MemoryLimit]

  package init(resident: Int, limits: [MemoryLimit]) { (self.resident, self.limits) = (resident, limits) }

  /// Of this process, now.
  package static var current: MemoryState { MemoryState(root: "") }

  /// - Parameter root: the folder in which `/proc` and `/sys` are looked for; empty for the machine's own.
  package init(root: String) {
    let status = SystemFile("\(root)/proc/self/status")
    resident = status.kilobytes("VmRSS") ?? 0
    var limits: [MemoryLimit] = []
    if let available = SystemFile("\(root)/proc/meminfo").kilobytes("MemAvailable") {
      limits.append(MemoryLimit(name: "the machine", left: available, isShared: true))
    }
    limits += ControlGroups(root: root).limits
    // Both count memory that is only promised, such as the stacks of threads.
    let own = [
      ("Max address space", "VmSize", "the shell (ulimit -v)"), ("Max data size", "VmData", "the shell (ulimit -d)"),
    ]
    let shell = SystemFile("\(root)/proc/self/limits")
    for (key, used, name) in own {
      guard let limit = shell.limit(key), let taken = status.kilobytes(used) else { continue }
      limits.append(MemoryLimit(name: name, left: limit - taken, isShared: false))
    }
    self.limits = limits
  }

  /// The tightest of the limits; nil where nothing is known.
  package var tightest: MemoryLimit? { limits.min { $0.left < $1.left } }

  /// Why a process, or several alike on this machine, cannot have so much memory in all; nil where they can.
  ///
  /// - Parameters:
  ///   - bytes: of one process, what it holds already included.
  ///   - what: needs it, as the sentence names it.
  ///   - remedy: what to do.
  package func shortage(of bytes: Int, processes: Int = 1, for what: String, remedy: String) -> MemoryError? {
    for limit in limits.sorted(by: { $0.left < $1.left }) {
      let count = limit.isShared ? processes : 1
      let more = [max(0, bytes - resident), count].saturatedProduct
      guard more > limit.left else { continue }
      let all = [bytes, count].saturatedProduct
      return MemoryError(
        "\(what) needs \(all.bytes) of memory\(count > 1 ? " in \(count) processes" : ""), but \(limit.name) leaves "
          + "\((limit.left + count * resident).bytes); \(remedy)."
      )
    }
    return nil
  }
}
