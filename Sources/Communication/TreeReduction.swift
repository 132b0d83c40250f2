internal import Tensors

/// Sums a range of gradients over all shards of all ranks up the shard tree: the same bits on every rank, for any
/// number of ranks.
///
/// Each rank owns a segment of the range. It sums its shards' gradients to its maximal nodes, sends every other rank
/// that one's segment of each node's sum (`MPI_Ialltoallv`), finishes the tree for its own segment, and gathers the
/// segments of the others (`MPI_Iallgatherv`). All memory is taken in `init`. Used by one thread at a time.
public final class TreeReduction: @unchecked Sendable {
  public enum State: Sendable { case idle, exchanging, gathering, complete }

  /// The part of the gradients that is reduced, in floats.
  public let range: Range<Int>
  public private(set) var state = State.idle
  /// Bytes this rank sends in one reduction.
  public let bytesSent: Int

  private let channels: ReductionChannels
  private let segments: [Range<Int>]
  /// This rank's sums and how they combine to its maximal nodes.
  private let local: [Buffer]
  private let localFolding: Folding
  /// What is sent: a copy of the maximal nodes' segments by receiver, or the only maximal node itself.
  private let outgoing: Buffer
  private let sending: Segments
  private let packs: Bool
  private let incoming: Buffer
  private let receiving: Segments
  /// The own segment of every rank's nodes, and how they combine to the root.
  private let slots: [Buffer]
  private let rootFolding: Folding
  private let gathering: Segments
  private var request: Request?

  /// - Parameters:
  ///   - sums: those of adjacent nodes that cover this rank's shards, left to right; the result replaces the first.
  ///     The nodes may be finer than the maximal ones, such as those of several workers.
  ///   - range: the same on every rank.
  public init(tree: ShardTree, sums: [NodeSum], range: Range<Int>, channels: ReductionChannels) {
    let (rank, size) = (channels.rank, channels.size)
    precondition(size <= tree.shards, "\(size) ranks for \(tree.shards) shards")
    (self.range, self.channels) = (range, channels)
    local = sums.map { $0.buffer[range] }
    localFolding = Folding(sums.map(\.node), in: tree)
    let nodes = (0..<size).map { tree.maximalNodes(in: tree.shards(ofRank: $0, of: size)) }
    precondition(localFolding.results.map(\.node) == nodes[rank], "the sums do not cover this rank's shards")

    // Whole cache lines.
    let line = 16
    let lines = 0..<(range.count + line - 1) / line
    let segments = (0..<size).map { rank in
      let part = ShardTree.share(rank, of: size, in: lines)
      return min(part.lowerBound * line, range.count)..<min(part.upperBound * line, range.count)
    }
    self.segments = segments
    let own = segments[rank]

    packs = nodes[rank].count > 1
    let sent = segments.enumerated().map { $0 == rank ? 0..<0 : $1 }
    if packs {
      sending = Segments(TreeReduction.consecutive(sent.map { $0.count * nodes[rank].count }))
      outgoing = Buffer(count: sending.end)
    } else {
      sending = Segments(sent)
      outgoing = local[0]
    }
    receiving = Segments(TreeReduction.consecutive(nodes.enumerated().map { $0 == rank ? 0 : own.count * $1.count }))
    incoming = Buffer(count: receiving.end)
    gathering = Segments(segments)
    bytesSent = MemoryLayout<Float>.stride * (sending.count + (size - 1) * own.count)

    var slots: [Buffer] = []
    for (sender, nodes) in nodes.enumerated() {
      for index in nodes.indices {
        if sender == rank {
          slots.append(local[localFolding.results[index].slot][own])
        } else {
          let start = receiving.ranges[sender].lowerBound + index * own.count
          slots.append(incoming[start..<start + own.count])
        }
      }
    }
    self.slots = slots
    rootFolding = Folding(nodes.flatMap { $0 }, in: tree)
  }

  deinit {
    // Only an error elsewhere ends a reduction early; its own message must not be lost in a crash.
    if let request = request.take() { request.abandon() }
  }

  /// The range of every sum is final: combines them within the rank and starts the exchange.
  public func start() throws(CommunicationError) {
    precondition(request == nil, "the reduction is under way")
    sumWithinRank()
    guard channels.size > 1 else {
      state = .complete
      return
    }
    request = try channels.exchange.startAllToAll(
      from: outgoing, sending: sending, into: incoming, receiving: receiving)
    state = .exchanging
  }

  /// Advances without blocking; true once the range of the first sum holds the sum over all shards.
  ///
  /// Reductions that share channels must get from the first exchange to the second in the order in which they were
  /// started.
  public func test() throws(CommunicationError) -> Bool {
    if state == .exchanging, try request!.test() { try startGathering() }
    if state == .gathering, try request!.test() { finish() }
    return state == .complete
  }

  /// Returns when the first exchange is complete and the second has been started.
  func waitForExchange() throws(CommunicationError) {
    guard state == .exchanging else { return }
    try request.take()!.wait()
    try startGathering()
  }

  /// Returns when the range of the first sum holds the sum over all shards.
  public func wait() throws(CommunicationError) {
    precondition(state != .idle, "the reduction was not started")
    try waitForExchange()
    guard state == .gathering else { return }
    try request.take()!.wait()
    finish()
  }

  private func startGathering() throws(CommunicationError) {
    finishOwnSegment()
    request = try channels.gather.startAllGather(in: local[0], segments: gathering)
    state = .gathering
  }

  private func finish() {
    request = nil
    state = .complete
  }

  private func sumWithinRank() {
    for (receiver, segment) in segments.enumerated() {
      let packs = packs && receiver != channels.rank
      guard packs || !localFolding.steps.isEmpty else { continue }
      segment.forEachBlock { block in
        localFolding.sum(local, range: block)
        guard packs else { return }
        for (index, node) in localFolding.results.enumerated() {
          let start = sending.ranges[receiver].lowerBound + index * segment.count
          outgoing.copy(from: local[node.slot], range: block, to: start + block.lowerBound - segment.lowerBound)
        }
      }
    }
  }

  private func finishOwnSegment() {
    let own = segments[channels.rank]
    (0..<own.count).forEachBlock { block in
      rootFolding.sum(slots, range: block)
      if channels.rank > 0 { local[0].copy(from: slots[0], range: block, to: own.lowerBound + block.lowerBound) }
    }
  }

  private static func consecutive(_ counts: [Int]) -> [Range<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return start..<start + count
    }
  }
}
