internal import Tensors

/// Sums a range of gradients over all shards of all ranks up the shard tree: the same bits on every rank, for any
/// number of ranks.
///
/// Each rank owns a segment of the range. It sums its shards' gradients to its maximal nodes, sends every other rank
/// that one's segment of each node's sum (`MPI_Ialltoallv`), finishes the tree for its own segment, and sends that to
/// the others. Where the topology has two levels, ranks do so with those of their machine first, and then with those of
/// the same place on the others. All memory is taken in `init`. Used by one thread at a time.
public final class TreeReduction: @unchecked Sendable {
  /// The part of the gradients that is reduced, in floats.
  public let range: Range<Int>
  /// Phases that are complete: an exchange for each level, then a gather for each.
  public private(set) var completedPhases = 0
  public let phaseCount: Int
  /// Bytes this rank sends in one reduction.
  public let bytesSent: Int

  private let channels: ReductionChannels
  private let result: Buffer
  private let stages: [ReductionStage]
  private var request: Request?
  private var isStarted = false

  /// - Parameters:
  ///   - sums: those of adjacent nodes that cover this rank's shards, left to right; the result replaces the first.
  ///     The nodes may be finer than the maximal ones, such as those of several workers.
  ///   - range: the same on every rank.
  public convenience init(tree: ShardTree, sums: [NodeSum], range: Range<Int>, channels: ReductionChannels) {
    self.init(tree: tree, sums: sums, range: range, channels: channels, memory: ReductionMemory())
  }

  /// - Parameter memory: what is received lies there; reductions that share it must not be under way at the same time.
  init(tree: ShardTree, sums: [NodeSum], range: Range<Int>, channels: ReductionChannels, memory: ReductionMemory) {
    let (rank, size) = (channels.rank, channels.size)
    precondition(size <= tree.shards, "\(size) ranks for \(tree.shards) shards")
    (self.range, self.channels) = (range, channels)
    let result = sums[0].buffer[range]
    self.result = result
    memory.rewind()
    var (inputs, place) = (sums.map { NodeSum($0.node, $0.buffer[range]) }, 0..<range.count)
    stages = zip(channels.topology.groups, channels.topology.members).map { group, members in
      let nodes = members.map { ranks in
        let (first, last) = (tree.shards(ofRank: ranks[0], of: size), tree.shards(ofRank: ranks.last!, of: size))
        return tree.maximalNodes(in: first.lowerBound..<last.upperBound)
      }
      let stage = ReductionStage(
        tree: tree, inputs: inputs, place: place, result: result, group: group, nodes: nodes, rank: rank, size: size,
        precision: channels.precision, memory: memory)
      (inputs, place) = (stage.outputs, stage.place)
      return stage
    }
    precondition(inputs.count == 1 && inputs[0].node == tree.root, "the levels do not reach the root")
    phaseCount = 2 * stages.count
    bytesSent = stages.reduce(0) { $0 + $1.bytesSent }
  }

  deinit {
    // Only an error elsewhere ends a reduction early; its own message must not be lost in a crash.
    if let request = request.take() { request.abandon() }
  }

  public var isComplete: Bool { completedPhases == phaseCount }

  /// The range of every sum is final: combines them within the rank and starts the exchange.
  public func start() throws(CommunicationError) {
    precondition(request == nil, "the reduction is under way")
    (completedPhases, isStarted) = (0, true)
    guard channels.size > 1 else {
      stages[0].sumWithinRank()
      completedPhases = phaseCount
      return
    }
    request = try stages[0].startExchange(on: channels.phases[0])
  }

  /// Advances by at most one phase without blocking; whether it has advanced.
  ///
  /// Reductions that share channels must get from one phase to the next in the order in which they were started.
  public func test() throws(CommunicationError) -> Bool {
    guard !isComplete else { return false }
    guard try request!.test() else { return false }
    request = nil
    try beginNextPhase()
    return true
  }

  /// Returns when the phase under way is complete and the next one has been started.
  public func waitForPhase() throws(CommunicationError) {
    precondition(isStarted, "the reduction was not started")
    guard let pending = request.take() else { return }
    try pending.wait()
    try beginNextPhase()
  }

  /// Returns when the range of the first sum holds the sum over all shards.
  public func wait() throws(CommunicationError) {
    while !isComplete { try waitForPhase() }
  }

  private func beginNextPhase() throws(CommunicationError) {
    let levels = stages.count
    if completedPhases < levels {
      stages[completedPhases].finishExchange()
    } else {
      stages[phaseCount - 1 - completedPhases].finishGather()
    }
    completedPhases += 1
    if completedPhases < levels {
      request = try stages[completedPhases].startExchange(on: channels.phases[completedPhases])
      return
    }
    if completedPhases == levels { placeOwnSegment() }
    if completedPhases < phaseCount {
      request = try stages[phaseCount - 1 - completedPhases].startGather(on: channels.phases[completedPhases])
    }
  }

  /// Puts the sum over all shards where the result wants it.
  private func placeOwnSegment() {
    let (sum, own) = (stages[stages.count - 1].outputs[0].buffer, result[stages[stages.count - 1].place])
    if sum.arena !== own.arena || sum.offset != own.offset { own.copy(from: sum) }
  }
}
