public import Tensors

/// Reduces the gradients bucket by bucket while the backward pass still computes the others.
///
/// The growing prefix of final gradients is cut at multiples of the bucket size, on every rank at the same places. Open
/// MPI only works on a non-blocking operation inside calls, so those under way are polled whenever gradients become
/// ready. No more than `bucketLimit` are under way, in memory that they take in turns.
public final class OverlappedReducer: GradientReducer, @unchecked Sendable {
  /// Floats of a bucket: 4 MiB.
  public static let defaultBucketCount = 1 << 20
  /// Buckets under way at a time.
  public static let bucketLimit = 16

  public private(set) var statistics = ReductionStatistics()
  public var timeline: Timeline?
  private let buckets: [TreeReduction]
  private let bytesSent: Int
  /// Buckets started, and those that have completed each phase; always in the order of the gradients.
  private var started = 0
  private var completed: [Int]

  /// - Parameters:
  ///   - sums: the sums of adjacent nodes that cover this rank's shards, from left to right, all of the same count.
  ///   - bucketCount: floats of a bucket, the same on every rank.
  public init(
    tree: ShardTree, sums: [NodeSum], bucketCount: Int = OverlappedReducer.defaultBucketCount,
    channels: ReductionChannels
  ) {
    precondition(bucketCount > 0)
    let count = sums[0].buffer.count
    let memories = (0..<OverlappedReducer.bucketLimit).map { _ in ReductionMemory() }
    buckets = stride(from: 0, to: count, by: bucketCount).enumerated().map { index, start in
      TreeReduction(
        tree: tree, sums: sums, range: start..<min(start + bucketCount, count), channels: channels,
        memory: memories[index % memories.count])
    }
    completed = Array(repeating: 0, count: channels.phases.count)
    bytesSent = buckets.reduce(0) { $0 + $1.bytesSent }
  }

  public func gradientsReady(upTo: Int) throws(CommunicationError) {
    try timeline.measure("poll", "exchange") { () throws(CommunicationError) in try advance(upTo: upTo) }
  }

  public func finish() throws(CommunicationError) {
    let start = ContinuousClock.now
    try timeline.measure("wait for gradients", "exchange") { () throws(CommunicationError) in
      let end = buckets.last?.range.upperBound ?? 0
      try advance(upTo: end)
      while reduced < buckets.count {
        // The oldest is ahead of the others in every phase, so that it may go on.
        try buckets[reduced].waitForPhase()
        try advance(upTo: end)
      }
    }
    started = 0
    for phase in completed.indices { completed[phase] = 0 }
    statistics.add(since: start, bytes: bytesSent)
  }

  /// Whether buckets are under way.
  var isPending: Bool { reduced < started }

  /// Buckets that have completed all phases.
  private var reduced: Int { completed[completed.count - 1] }

  /// Starts what is ready and has room, and polls until nothing moves.
  private func advance(upTo count: Int) throws(CommunicationError) {
    var hasMoved = true
    while hasMoved {
      let before = reduced
      while started < min(buckets.count, reduced + OverlappedReducer.bucketLimit),
        buckets[started].range.upperBound <= count
      {
        try start(started)
        started += 1
      }
      try poll()
      hasMoved = reduced > before && started < buckets.count
    }
  }

  private func start(_ bucket: Int) throws(CommunicationError) {
    let name = timeline == nil ? "" : "bucket \(bucket)"
    try timeline.measure(name, "exchange") { () throws(CommunicationError) in try buckets[bucket].start() }
  }

  /// Advances the buckets under way, none past the one before it.
  private func poll() throws(CommunicationError) {
    for phase in completed.indices {
      let limit = phase == 0 ? started : completed[phase - 1]
      while completed[phase] < limit {
        let bucket = buckets[completed[phase]]
        if bucket.completedPhases == phase, try !bucket.test() { break }
        completed[phase] += 1
      }
    }
  }
}
