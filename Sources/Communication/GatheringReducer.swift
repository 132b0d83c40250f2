public import Tensors

/// Lets something else be gathered beside the gradients that another reducer sums.
public final class GatheringReducer: GradientReducer, @unchecked Sendable {
  private let base: any GradientReducer
  private let gathering: ShardGathering
  /// How many gradients are final when what is gathered is complete.
  private let completeAfter: Int
  private var isStarted = false
  private var gathered = ReductionStatistics()

  /// - Parameter completeAfter: what is to be gathered is written once so many gradients are final.
  public init(_ base: any GradientReducer, gathering: ShardGathering, completeAfter: Int) {
    (self.base, self.gathering, self.completeAfter) = (base, gathering, completeAfter)
  }

  public func gradientsReady(upTo count: Int) throws(CommunicationError) {
    if !isStarted, count >= completeAfter { try start() }
    try base.gradientsReady(upTo: count)
  }

  public func finish() throws(CommunicationError) {
    if !isStarted { try start() }
    try base.finish()
    let start = ContinuousClock.now
    try timeline.measure("wait for factors", "exchange") { () throws(CommunicationError) in try gathering.finish() }
    isStarted = false
    gathered.add(since: start, bytes: gathering.bytesSent)
  }

  public var statistics: ReductionStatistics {
    var sum = base.statistics
    sum.exposedSeconds += gathered.exposedSeconds
    sum.bytesSent += gathered.bytesSent
    return sum
  }

  public var timeline: Timeline? {
    get { base.timeline }
    set { base.timeline = newValue }
  }

  private func start() throws(CommunicationError) {
    try gathering.start()
    isStarted = true
  }
}
