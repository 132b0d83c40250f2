/// One bound of the memory that a process may still take.
package struct MemoryLimit: Hashable, Sendable, Codable {
  /// Who sets the bound, as a sentence names it.
  package let name: String
  /// Bytes that are left.
  package let left: Int
  /// Whether all processes of the machine that have a limit of this name share it; otherwise it is the process's own.
  package let isShared: Bool

  /// Of the addresses of a process, whether there is memory behind them or not.
  package var countsAddresses: Bool { name == MemoryLimit.addresses }

  package static let addresses = "the shell (ulimit -v)"

  package init(name: String, left: Int, isShared: Bool) {
    (self.name, self.left, self.isShared) = (name, max(0, left), isShared)
  }
}
