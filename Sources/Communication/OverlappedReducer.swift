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
  /// Buckets started, whose second exchange is started, and complete; always in the order of the gradients.
  private var (started, exchanged, completed) = (0, 0, 0)

  /// Collective.
  ///
  /// - Parameters:
  ///   - sums: the sums of adjacent nodes that cover this rank's shards, from left to right, all of the same count.
  ///   - bucketCount: floats of a bucket, the same on every rank.
  public init(
    tree: ShardTree, sums: [NodeSum], bucketCount: Int = OverlappedReducer.defaultBucketCount,
    communicator: any Communicator
  ) throws(CommunicationError) {
    precondition(bucketCount > 0)
    let channels = try ReductionChannels(communicator)
    let count = sums[0].buffer.count
    buckets = stride(from: 0, to: count, by: bucketCount).map { start in
      TreeReduction(tree: tree, sums: sums, range: start..<min(start + bucketCount, count), channels: channels)
    }
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
      for bucket in buckets[exchanged...] { try bucket.waitForExchange() }
      for bucket in buckets[completed...] { try bucket.wait() }
    }
    (started, exchanged, completed) = (0, 0, 0)
    statistics.add(since: start, bytes: bytesSent)
  }

  private func start(_ bucket: Int) throws(CommunicationError) {
    let name = timeline == nil ? "" : "bucket \(bucket)"
    try timeline.measure(name, "exchange") { () throws(CommunicationError) in try buckets[bucket].start() }
  }

  /// Advances the buckets under way, none past the one before it.
  private func poll() throws(CommunicationError) {
    while exchanged < started {
      _ = try buckets[exchanged].test()
      if buckets[exchanged].state == .exchanging { break }
      exchanged += 1
    }
    while completed < exchanged, try buckets[completed].test() { completed += 1 }
  }
}
