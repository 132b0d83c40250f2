internal import Tensors

/// One level of a tree reduction: the ranks of a group exchange segments of a range, each sums those of its own segment
/// as far up the shard tree as the group reaches, and later sends the finished segment to the others.
final class ReductionStage {
  /// The nodes that the group's sums end in, over the own segment.
  let outputs: [NodeSum]
  /// The own segment within the result.
  let place: Range<Int>
  let bytesSent: Int

  private let precision: GradientPrecision
  private let result: Buffer
  private let own: Int
  /// Of every member of the group: its segment, from the start of this stage's range.
  private let segments: [Range<Int>]
  private let inputs: [Buffer]
  private let localFolding: Folding
  /// Whether what is sent has to be copied, or lies in the only input as it is sent.
  private let packs: Bool
  private let outgoing: Buffer, incoming: Buffer
  private let sending: Segments, receiving: Segments
  /// Of every message that comes, its words and where its values go.
  private let arrivals: [(words: Buffer, values: Buffer)]
  /// What is sent to each member: its words, the input and the range in it.
  private let departures: [(words: Buffer, input: Buffer, range: Range<Int>)]
  private let slots: [Buffer]
  private let folding: Folding
  private let given: Buffer, taken: Buffer
  private let giving: Segments, taking: Segments
  /// Segments of others that come back, by member.
  private let returns: [(words: Buffer, range: Range<Int>)]

  /// - Parameters:
  ///   - inputs: this rank's nodes and their sums over `place`; finer ones than its maximal nodes are folded first.
  ///   - place: this stage's range within `result`.
  ///   - group: the ranks of the group; `nodes` are those that each brings.
  ///   - size: ranks in all.
  ///   - memory: of all that is sent and received, but for the result.
  init(
    tree: ShardTree, inputs: [NodeSum], place: Range<Int>, result: Buffer, group: [Int], nodes: [[ShardTree.Node]],
    rank: Int, size: Int, precision: GradientPrecision, memory: ReductionMemory
  ) {
    (self.precision, self.result) = (precision, result)
    let own = group.firstIndex(of: rank)!
    self.own = own
    self.inputs = inputs.map(\.buffer)
    localFolding = Folding(inputs.map(\.node), in: tree)
    precondition(localFolding.results.map(\.node) == nodes[own], "the sums do not cover this rank's shards")
    let segments = ReductionStage.segments(of: place.count, among: group.count)
    self.segments = segments
    let ownPlace = place.lowerBound + segments[own].lowerBound..<place.lowerBound + segments[own].upperBound
    self.place = ownPlace

    // What is sent: for each other member the own nodes' values in its segment.
    let sources = localFolding.results.map { inputs[$0.slot].buffer }
    packs = precision != .float32 || sources.count > 1
    let lengths = segments.map { precision.words(for: $0.count) }
    func spread(_ count: (Int) -> Int) -> [Range<Int>] {
      ReductionStage.spread(group.indices.map { $0 == own ? 0 : count($0) }, over: group, size: size)
    }
    if packs {
      sending = Segments(spread { lengths[$0] * sources.count })
      outgoing = memory.take(sending.end)
    } else {
      sending = Segments(ReductionStage.placed(segments, except: own, over: group, size: size))
      outgoing = sources[0]
    }
    var departures: [(words: Buffer, input: Buffer, range: Range<Int>)] = []
    if packs {
      for (member, rank) in group.enumerated() where member != own {
        for (index, source) in sources.enumerated() {
          let start = sending.ranges[rank].lowerBound + index * lengths[member]
          departures.append((outgoing[start..<start + lengths[member]], source, segments[member]))
        }
      }
    }
    self.departures = departures

    // What comes: from each other member its nodes' values in the own segment.
    receiving = Segments(spread { lengths[own] * nodes[$0].count })
    incoming = memory.take(receiving.end)
    var slots: [Buffer] = []
    var arrivals: [(words: Buffer, values: Buffer)] = []
    for (member, rank) in group.enumerated() {
      for index in nodes[member].indices {
        guard member != own else {
          slots.append(sources[index][segments[own]])
          continue
        }
        let start = receiving.ranges[rank].lowerBound + index * lengths[own]
        let words = incoming[start..<start + lengths[own]]
        slots.append(precision == .float32 ? words : memory.take(segments[own].count))
        if precision != .float32 { arrivals.append((words, slots[slots.count - 1])) }
      }
    }
    (self.slots, self.arrivals) = (slots, arrivals)
    folding = Folding(nodes.flatMap { $0 }, in: tree)
    outputs = folding.results.map { NodeSum($0.node, slots[$0.slot]) }

    // The way back: the own segment to each other member, theirs into the result.
    let others = segments.map { place.lowerBound + $0.lowerBound..<place.lowerBound + $0.upperBound }
    if precision == .float32 {
      // MPI takes one address for both buffers as a wish to exchange in place: where the own segment is the first of
      // the result, what comes begins behind it.
      let skipped = ownPlace.lowerBound == 0 ? ownPlace.upperBound : 0
      given = ownPlace.isEmpty ? .empty : result[ownPlace]
      taken = result[skipped..<result.count]
      let shifted = others.map { $0.isEmpty ? 0..<0 : $0.lowerBound - skipped..<$0.upperBound - skipped }
      taking = Segments(ReductionStage.placed(shifted, except: own, over: group, size: size))
      returns = []
    } else {
      given = memory.take(lengths[own])
      taking = Segments(spread { lengths[$0] })
      taken = memory.take(taking.end)
      returns = group.indices.filter { $0 != own }.map { [taking, taken] member in
        (taken[taking.ranges[group[member]]], others[member])
      }
    }
    giving = Segments(
      ReductionStage.placed(group.map { [given] _ in 0..<given.count }, except: own, over: group, size: size))
    bytesSent = MemoryLayout<Float>.stride * (sending.count + giving.count)
  }

  /// Sums within the rank and sends.
  func startExchange(on communicator: any Communicator) throws(CommunicationError) -> Request {
    sumWithinRank()
    for (words, input, range) in departures {
      if precision == .float32 {
        words.copy(from: input, range: range, to: 0)
      } else {
        input.packBFloat16(range, into: words)
      }
    }
    return try communicator.startAllToAll(from: outgoing, sending: sending, into: incoming, receiving: receiving)
  }

  /// Sums the inputs up to this rank's maximal nodes.
  func sumWithinRank() {
    guard precision != .float32 || !localFolding.steps.isEmpty else { return }
    (0..<inputs[0].count).forEachBlock { block in
      for input in inputs { input.round(to: precision, range: block) }
      localFolding.sum(inputs, range: block, precision: precision)
    }
  }

  /// Sums what has come: `outputs` are complete.
  func finishExchange() {
    for (words, values) in arrivals { values.unpackBFloat16(words, into: 0..<values.count) }
    (0..<segments[own].count).forEachBlock { folding.sum(slots, range: $0, precision: precision) }
  }

  /// Sends the own segment of the result to the others.
  func startGather(on communicator: any Communicator) throws(CommunicationError) -> Request {
    if precision != .float32 { result.packBFloat16(place, into: given) }
    return try communicator.startAllToAll(from: given, sending: giving, into: taken, receiving: taking)
  }

  /// This stage's range of the result is complete.
  func finishGather() {
    for (words, range) in returns { result.unpackBFloat16(words, into: range) }
  }

  /// Nearly equal parts, cut at cache lines.
  private static func segments(of count: Int, among parts: Int) -> [Range<Int>] {
    let line = 16
    let lines = 0..<(count + line - 1) / line
    return (0..<parts).map { part in
      let share = ShardTree.share(part, of: parts, in: lines)
      return min(share.lowerBound * line, count)..<min(share.upperBound * line, count)
    }
  }

  /// Consecutive ranges for the members of a group; empty ones for all other ranks, to whom nothing is sent.
  private static func spread(_ counts: [Int], over group: [Int], size: Int) -> [Range<Int>] {
    var (ranges, start) = (Array(repeating: 0..<0, count: size), 0)
    for (rank, count) in zip(group, counts) {
      ranges[rank] = start..<start + count
      start += count
    }
    return ranges
  }

  /// Given ranges for the members of a group except one.
  private static func placed(_ ranges: [Range<Int>], except own: Int, over group: [Int], size: Int) -> [Range<Int>] {
    var result = Array(repeating: 0..<0, count: size)
    for (member, rank) in group.enumerated() where member != own { result[rank] = ranges[member] }
    return result
  }
}
