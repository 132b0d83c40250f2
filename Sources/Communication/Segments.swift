/// The parts of a buffer that belong to each rank, in the form that MPI reads while an operation is under way.
@safe
public final class Segments: @unchecked Sendable {
  /// Floats, by rank.
  public let ranges: [Range<Int>]
  let counts: UnsafeMutablePointer<Int32>
  let displacements: UnsafeMutablePointer<Int32>

  /// - Parameter ranges: one for each rank, in floats from the start of the buffer; empty ones are allowed.
  public init(_ ranges: [Range<Int>]) {
    let reachable = 0...Int(Int32.max)
    precondition(
      ranges.allSatisfy { reachable ~= $0.lowerBound && reachable ~= $0.upperBound }, "a segment beyond 2^31 floats")
    self.ranges = ranges
    unsafe counts = .allocate(capacity: ranges.count)
    unsafe displacements = .allocate(capacity: ranges.count)
    for (rank, range) in ranges.enumerated() {
      unsafe (counts + rank).initialize(to: Int32(range.count))
      unsafe (displacements + rank).initialize(to: Int32(range.lowerBound))
    }
  }

  deinit {
    unsafe counts.deallocate()
    unsafe displacements.deallocate()
  }

  /// Floats of all segments together.
  public var count: Int { ranges.reduce(0) { $0 + $1.count } }

  /// The end of the segment that ends last.
  public var end: Int { ranges.reduce(0) { max($0, $1.upperBound) } }
}
