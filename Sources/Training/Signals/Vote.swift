package import Communication
import Tensors

/// The vote of the ranks at every step, so that one rank's trouble ends the step on all of them.
///
/// Each rank also tells which operations it has called, so that a rank that does something else than the others is
/// found before it can take the data of one operation for that of another. Allocates nothing as long as everybody goes
/// on.
package final class Vote {
  private let communicator: any Communicator
  private let ballots: Buffer
  private let segments: Segments
  /// Whether the digests of the last vote differed.
  package private(set) var hasDifferentDigests = false

  /// A rank's ballot, in floats: what it wants; 64 bits each of the number and the digest of its operations, and of
  /// its replica, 16 bits to a float, which holds them exactly.
  private enum Ballot {
    static let choice = 0
    static let count = 1
    static let history = 5
    static let replica = 9
    static let size = 16
  }

  package init(_ communicator: any Communicator) {
    self.communicator = communicator
    ballots = Buffer(count: communicator.size * Ballot.size)
    segments = Segments((0..<communicator.size).map { $0 * Ballot.size..<($0 + 1) * Ballot.size })
  }

  /// Collective. Throws on all ranks if one has failed, with the sentence of the first that has.
  ///
  /// - Parameter digest: of the replica, where it is to be compared; see `hasDifferentDigests`.
  /// - Returns: the greatest of what the ranks want.
  package func cast(
    _ wish: Directive = .goOn, failure: TrainingError? = nil, digest: UInt64 = 0
  ) throws(TrainingError) -> Directive {
    let failed = Float(Directive.interrupt.rawValue + 1)
    fill(choice: failure != nil ? failed : Float(wish.rawValue), digest)
    do {
      try communicator.allGather(in: ballots, segments: segments)
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    try compareHistories()
    hasDifferentDigests = (1..<communicator.size).contains { !isEqual($0, 0, at: Ballot.replica) }
    var highest: Float = 0
    for rank in 0..<communicator.size { highest = max(highest, ballots[rank * Ballot.size]) }
    guard highest == failed else { return Directive(rawValue: Int(highest))! }
    throw try error(failure)
  }

  /// Collective. Runs what may fail on some ranks, and throws on all if it does.
  package func agree<Value>(on body: () throws(TrainingError) -> Value) throws(TrainingError) -> Value {
    let outcome = Result { () throws(TrainingError) in try body() }
    if case .failure(let error) = outcome {
      _ = try cast(failure: error)
    } else {
      _ = try cast()
    }
    return try outcome.get()
  }

  private func fill(choice: Float, _ digest: UInt64) {
    // What does not arrive must not be taken for an answer.
    ballots.fill(-1)
    let start = communicator.rank * Ballot.size
    ballots[start + Ballot.choice] = choice
    let history = communicator.history
    for part in 0..<4 {
      let shift = UInt64(16 * part)
      ballots[start + Ballot.count + part] = Float(UInt64(history.count) >> shift & 0xFFFF)
      ballots[start + Ballot.history + part] = Float(history.digest >> shift & 0xFFFF)
      ballots[start + Ballot.replica + part] = Float(digest >> shift & 0xFFFF)
    }
  }

  /// Whether two ranks gave the same 64 bits.
  private func isEqual(_ rank: Int, _ other: Int, at position: Int) -> Bool {
    (position..<position + 4).allSatisfy { ballots[rank * Ballot.size + $0] == ballots[other * Ballot.size + $0] }
  }

  private func hasHistory(of other: Int, _ rank: Int) -> Bool {
    isEqual(rank, other, at: Ballot.count) && isEqual(rank, other, at: Ballot.history)
  }

  /// Throws where a rank has called other operations than the others: then nothing that follows would mean anything.
  private func compareHistories() throws(TrainingError) {
    let ranks = 0..<communicator.size
    guard !ranks.allSatisfy({ hasHistory(of: 0, $0) }) else { return }
    let odd = communicator.minority { hasHistory(of: $0, $1) }
    let names = odd.map { rank in
      let count = (0..<4).reduce(0.0) {
        $0 + Double(ballots[rank * Ballot.size + Ballot.count + $1] * Float(1 << (16 * $1)))
      }
      return communicator.name(of: rank) + (count < 0 ? " (no vote)" : " (\(Int(count)) operations)")
    }
    throw TrainingError(
      .ranks,
      "the ranks have called different operations: \(names.joined(separator: ", "))"
        + (odd.count < ranks.count ? " against the others" : "")
        + "; call collective operations, such as those of a callback, on every rank in the same order.")
  }

  private func error(_ failure: TrainingError?) throws(TrainingError) -> TrainingError {
    let sentence = failure.map { [UInt8]("\($0.kind.rawValue):\($0.description)".utf8) } ?? []
    let sentences: [String]
    do {
      sentences = try communicator.allGather(sentence).map { String(decoding: $0, as: UTF8.self) }
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    let rank = sentences.firstIndex { !$0.isEmpty }!
    let parts = sentences[rank].split(separator: ":", maxSplits: 1)
    // Ranks often fail alike, such as on a file that is missing everywhere: then the rank says nothing.
    let isEverywhere = sentences.allSatisfy { $0 == sentences[rank] }
    let place = isEverywhere ? "" : "\(communicator.name(of: rank)): "
    return TrainingError(TrainingError.Kind(rawValue: String(parts[0]))!, place + parts[1], isShared: true)
  }
}

extension Communicator {
  /// `rank 2 on node7`
  func name(of rank: Int) -> String { "rank \(rank) on \(hostNames[rank])" }

  /// The ranks that differ from most others; all ranks where no group of equal ones is larger than every other.
  ///
  /// - Parameter isEqual: an equivalence of two ranks.
  func minority(_ isEqual: (Int, Int) -> Bool) -> [Int] {
    let groups = groups(isEqual)
    guard groups.count > 1, groups[0].count > groups[1].count else { return groups.count > 1 ? Array(0..<size) : [] }
    return groups.dropFirst().flatMap { $0 }.sorted()
  }

  /// The ranks in groups of equal ones, the largest first.
  private func groups(_ isEqual: (Int, Int) -> Bool) -> [[Int]] {
    var groups: [[Int]] = []
    for rank in 0..<size {
      if let index = groups.firstIndex(where: { isEqual($0[0], rank) }) {
        groups[index].append(rank)
      } else {
        groups.append([rank])
      }
    }
    return groups.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
  }
}
