import Synchronization

/// Memory for samples that several threads use, each for a moment: as much as threads want at once, kept for later.
final class SampleMemory: Sendable {
  private let columns: [Column]
  private let free = Mutex<[Unused]>([])

  /// A sample that nobody uses, so that whoever takes it may.
  private struct Unused: @unchecked Sendable { var sample: Sample }

  init(_ columns: [Column]) { self.columns = columns }

  func withSample(_ body: (inout Sample) throws(DataError) -> Void) throws(DataError) {
    var taken = free.withLock { $0.popLast() } ?? Unused(sample: Sample(columns))
    defer { free.withLock { [taken] in $0.append(taken) } }
    try body(&taken.sample)
  }
}
