import Tensors

/// Watches the memory of a network in tests: a storage holds NaN before its life and after it, so that whoever reads
/// what the plan does not promise gets a NaN, and the gaps between storages keep their pattern, so that whoever writes
/// too far is caught.
final class MemoryGuardian: Sendable {
  private let plan: Plan
  private let arena: Arena
  private let gaps: [Range<Int>]
  private static let pattern: Float = 12_345.678

  init(plan: Plan, arena: Arena) {
    (self.plan, self.arena) = (plan, arena)
    // Only floats that never belong to any storage are gaps.
    var gaps: [Range<Int>] = []
    var position = 0
    for range in plan.storages.filter({ $0.count > 0 }).map(\.range).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound > position { gaps.append(position..<range.lowerBound) }
      position = max(position, range.upperBound)
    }
    if arena.count > position { gaps.append(position..<arena.count) }
    self.gaps = gaps
    for gap in gaps { arena.buffer[gap].fill(MemoryGuardian.pattern) }
  }

  /// Poisons what comes to life; borders that nobody zeroes again must keep their zeros.
  func begin(time: Int) {
    for storage in plan.storages where storage.start == time && storage.isShared { poison(storage) }
  }

  /// Poisons what has ended and checks the gaps.
  func end(time: Int) {
    for storage in plan.storages where storage.end == time && storage.isShared { poison(storage) }
    for gap in gaps {
      precondition(
        gap.allSatisfy { arena.buffer[$0] == MemoryGuardian.pattern },
        "something wrote outside its storage at time \(time)")
    }
  }

  private func poison(_ storage: Storage) { arena.buffer[storage.range].fill(.nan) }
}
