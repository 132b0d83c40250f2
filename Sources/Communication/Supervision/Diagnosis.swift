/// The fault of a run, from what one rank knows of all.
package struct Diagnosis {
  /// A rank as another one knows it.
  package struct Rank {
    package let rank: Int
    package let host: String
    package var standing: Supervision.Standing
    /// Since it was last heard of.
    package var silentSeconds: Double
    package var condition: Condition

    package enum Condition: Hashable {
      case present
      /// Its link closed without a farewell: the process is gone.
      case dead
      /// It has ended on purpose.
      case gone
    }

    package init(rank: Int, host: String, standing: Supervision.Standing, silentSeconds: Double, condition: Condition) {
      (self.rank, self.host, self.standing) = (rank, host, standing)
      (self.silentSeconds, self.condition) = (silentSeconds, condition)
    }

    var name: String { "rank \(rank) on \(host)" }
  }

  let ranks: [Rank]
  /// A rank that is silent for so long has stalled, in seconds.
  let silence: Double
  /// The step of the rank that judges.
  let step: Int
  /// An error of MPI that may have its cause in another rank.
  let consequence: String?

  package init(ranks: [Rank], silence: Double, step: Int, consequence: String? = nil) {
    (self.ranks, self.silence, self.step, self.consequence) = (ranks, silence, step, consequence)
  }

  private static let remedy = "start again with --resume to go on from the last checkpoint"

  /// One sentence: which rank, on which machine, in which step, doing what, and what to do.
  package var sentence: String {
    if let dead = ranks.first(where: { $0.condition == .dead }) {
      return "\(dead.name) died in step \(max(step, dead.standing.step)), last heard of \(seconds(dead.silentSeconds)) "
        + "before, \(place(dead)): mpirun or the system's log says why (a signal, memory that ran out); \(Self.remedy)"
    }
    let silent = ranks.filter { $0.condition == .present && $0.silentSeconds > silence }
    if !silent.isEmpty {
      let places = list(silent) {
        "\($0.name) (for \(seconds($0.silentSeconds)), in step \($0.standing.step), \(place($0)))"
      }
      return "nothing is heard any more of \(places): the process was stopped, or its machine or network is down; "
        + "look there, and \(Self.remedy)"
    }
    return different ?? late
      ?? consequence.map { "\($0) (\(list(ranks) { "rank \($0.rank) in step \($0.standing.step), \(place($0))" }))" }
      ?? "all ranks have waited for \(seconds(longestWait)) in \(ranks.first?.standing.call?.name ?? "one operation") "
      + "of "
      + "step \(step): the network between them does not deliver; check it, and \(Self.remedy)"
  }

  /// Ranks that wait in another operation than most, or have left.
  private var different: String? {
    let waiting = ranks.filter { $0.standing.call != nil && $0.condition == .present }
    let gone = ranks.filter { $0.condition == .gone }
    if !gone.isEmpty, let call = waiting.first?.standing.call, call.operation != .leave {
      return "\(list(gone, \.name)) ended in step \(step), while \(list(waiting, \.name)) "
        + "still wait\(waiting.count == 1 ? "s" : "") in \(call.name): every rank must do the same; \(Self.remedy)"
    }
    guard waiting.count == ranks.count else { return nil }
    let groups = Dictionary(grouping: waiting) { $0.standing.call! }.values.sorted {
      ($1.count, $0[0].rank) < ($0.count, $1[0].rank)
    }
    guard groups.count > 1 else { return nil }
    let odd = groups[0].count > groups[1].count ? Array(groups.dropFirst()) : groups
    let places = odd.map { group in
      list(group) { "\($0.name) (in step \($0.standing.step))" } + " in \(group[0].standing.call!.name)"
    }
    let others = odd.count == groups.count ? "" : ", the others in \(groups[0][0].standing.call!.name)"
    return
      "the ranks have called different operations: \(places.joined(separator: ", ")) wait\(others); call collective "
      + "operations, such as those of a callback, on every rank in the same order"
  }

  /// Ranks that are at something else while others wait.
  private var late: String? {
    let busy = ranks.filter { $0.standing.call == nil && $0.condition == .present }
    guard !busy.isEmpty, let waiting = ranks.first(where: { $0.standing.isOverdue }) else { return nil }
    let places = list(busy) {
      "\($0.name) (\($0.standing.phase.name) in step \($0.standing.step) for \(seconds($0.standing.phaseSeconds)))"
    }
    return "\(waiting.name) has waited for \(seconds(waiting.standing.waitingSeconds)) in "
      + "\(waiting.standing.call!.name), to which \(places) did not come; find out what holds it, or raise 'patience' "
      + "if it "
      + "needs that long"
  }

  private var longestWait: Double { ranks.map(\.standing.waitingSeconds).max() ?? 0 }

  private func place(_ rank: Rank) -> String {
    rank.standing.call.map { "\(rank.standing.phase.name), waiting in \($0.name)" } ?? rank.standing.phase.name
  }

  private func seconds(_ value: Double) -> String {
    value < 10 ? "\((value * 10).rounded() / 10) s" : "\(Int(value.rounded())) s"
  }

  private func list(_ ranks: [Rank], _ text: (Rank) -> String) -> String {
    ranks.map(text).joined(separator: ", ")
  }
}
