public import Tensors

/// Reduces all gradients at the end of the backward pass.
public final class BlockingReducer: GradientReducer, @unchecked Sendable {
  public private(set) var statistics = ReductionStatistics()
  public var timeline: Timeline?
  private let reduction: TreeReduction

  /// - Parameter sums: the sums of adjacent nodes that cover this rank's shards, from left to right, all of one count.
  public init(tree: ShardTree, sums: [NodeSum], channels: ReductionChannels) {
    reduction = TreeReduction(tree: tree, sums: sums, range: 0..<sums[0].buffer.count, channels: channels)
  }

  public func gradientsReady(upTo: Int) {}

  public func finish() throws(CommunicationError) {
    let start = ContinuousClock.now
    try timeline.measure("all gradients", "exchange") { () throws(CommunicationError) in
      try reduction.start()
      try reduction.wait()
    }
    statistics.add(since: start, bytes: reduction.bytesSent)
  }
}
