public import Tensors

/// Reduces the gradients bucket by bucket on a thread of its own, so that the exchange advances while the workers are
/// deep in a layer. The thread takes its time from somebody: this pays where a processor is free.
public final class ThreadedReducer: GradientReducer, @unchecked Sendable {
  private let thread: ReducerThread
  private var exposedSeconds = 0.0
  /// Records how long the worker waits for the thread.
  public var timeline: Timeline?

  /// - Parameters: as of `OverlappedReducer`, whose buckets it exchanges.
  public init(
    tree: ShardTree, sums: [NodeSum], bucketCount: Int = OverlappedReducer.defaultBucketCount,
    channels: ReductionChannels
  ) {
    thread = ReducerThread(OverlappedReducer(tree: tree, sums: sums, bucketCount: bucketCount, channels: channels))
    thread.start()
  }

  deinit { thread.stop() }

  /// Between steps only.
  public var statistics: ReductionStatistics {
    var statistics = thread.reducer.statistics
    statistics.exposedSeconds = exposedSeconds
    return statistics
  }

  public func gradientsReady(upTo: Int) throws(CommunicationError) { try thread.gradientsReady(upTo: upTo) }

  public func finish() throws(CommunicationError) {
    let start = ContinuousClock.now
    try timeline.measure("wait for the reducer", "exchange") { () throws(CommunicationError) in try thread.finish() }
    exposedSeconds += (ContinuousClock.now - start) / .seconds(1)
  }
}
