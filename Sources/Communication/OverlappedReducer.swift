public import Tensors

/// Reduces the gradients bucket by bucket while the backward pass still computes the others.
///
/// The growing prefix of final gradients is cut at multiples of the bucket size, on every rank at the same places. Open
/// MPI only works on a non-blocking operation inside calls, so those under way are polled whenever gradients become
/// ready.
public final class OverlappedReducer: GradientReducer, @unchecked Sendable {
  /// Floats of a bucket: 4 MiB.
  public static let defaultBucketCount = 1 << 20

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
    buckets = stride(from: 0, to: count, by: bucketCount).map { start in
      TreeReduction(tree: tree, sums: sums, range: start..<min(start + bucketCount, count), channels: channels)
    }
    completed = Array(repeating: 0, count: channels.phases.count)
    bytesSent = buckets.reduce(0) { $0 + $1.bytesSent }
  }

  public func gradientsReady(upTo: Int) throws(CommunicationError) {
    while started < buckets.count, buckets[started].range.upperBound <= upTo {
      try start(started)
      started += 1
    }
    try timeline.measure("poll", "exchange") { () throws(CommunicationError) in try poll() }
  }

  public func finish() throws(CommunicationError) {
    let start = ContinuousClock.now
    for index in buckets.indices[started...] {
      try self.start(index)
      try poll()
    }
    try timeline.measure("wait for gradients", "exchange") { () throws(CommunicationError) in
      for (phase, count) in completed.enumerated() {
        for bucket in buckets[count...] where bucket.completedPhases == phase { try bucket.waitForPhase() }
      }
    }
    started = 0
    for phase in completed.indices { completed[phase] = 0 }
    statistics.add(since: start, bytes: bytesSent)
  }

  /// Whether buckets are under way.
  var isPending: Bool { completed[completed.count - 1] < started }

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
