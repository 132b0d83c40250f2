internal import Tensors

/// Memory that reductions take in turns, one after the other: none is under way when the next one starts.
final class ReductionMemory {
  private var blocks: [Buffer] = []
  private var taken = 0

  /// Offers all memory to the next reduction.
  func rewind() { taken = 0 }

  /// - Parameter count: floats.
  func take(_ count: Int) -> Buffer {
    if taken == blocks.count { blocks.append(Buffer(count: count)) }
    // Segments of another range may be a line longer.
    if blocks[taken].count < count { blocks[taken] = Buffer(count: count) }
    taken += 1
    return blocks[taken - 1][0..<count]
  }
}
