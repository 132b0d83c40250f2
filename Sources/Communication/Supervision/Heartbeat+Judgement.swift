import Glibc
import Synchronization

/// When a rank ends the run for all, and what it says.
extension Heartbeat {
  /// Looks for ranks that are silent or late.
  func look() {
    for (peer, start) in crashes where isJudge && start.age > Heartbeat.crashing && peers[peer].condition == .present {
      peers[peer].condition = .dead
      plan(in: 0)
    }
    if isOverdue(supervision.standing) { plan(in: isJudge ? 2 * interval : Heartbeat.backstop + turn) }
    if links.keys.contains(where: isSilent) { plan(in: isJudge ? 0 : turn) }
  }

  func isSilent(_ peer: Int) -> Bool {
    peers[peer].condition == .present && lastHeard[peer].age > supervision.deadline && !isCrashing(peer)
  }

  /// Whether a peer is given time to print where it crashed; rank 0 may tell of another one.
  func isCrashing(_ peer: Int) -> Bool {
    crashes[peer].map { $0.age <= Heartbeat.crashing + (isJudge ? 0 : turn) } ?? false
  }

  /// Whether a rank has waited too long. While another one crashes or saves a checkpoint, all wait for longer.
  func isOverdue(_ standing: Supervision.Standing) -> Bool {
    guard standing.isOverdue, !crashes.keys.contains(where: isCrashing) else { return false }
    let others =
      [supervision.standing] + links.keys.filter { peers[$0].condition == .present }.map { peers[$0].standing }
    return !others.contains { $0.isSaving }
  }

  /// Whether there is still a reason to end the run: a rank may have come to the others in the meantime.
  var isWarranted: Bool {
    if failure != nil || isOverdue(supervision.standing) { return true }
    return links.keys.contains {
      peers[$0].condition == .dead || isSilent($0) || isJudge && isOverdue(peers[$0].standing)
    }
  }

  /// After rank 0 it is rank 1's turn, then that of the first rank of each other host, as a host may be lost as a
  /// whole, then that of all others. Whoever speaks gives mpirun 2 s before it ends the run, and mpirun needs some
  /// more. Should it do nothing, all that are left speak. In seconds.
  static func turn(of rank: Int, _ hostNames: [String]) -> Double {
    let isFirst = hostNames.indices.map { rank in rank == 1 || rank > 1 && !hostNames[..<rank].contains(hostNames[rank])
    }
    let order = hostNames.indices.filter { isFirst[$0] } + hostNames.indices.filter { !isFirst[$0] && $0 > 0 }
    return min(5 * Double(order.firstIndex(of: rank) ?? 0), 30)
  }

  func plan(in seconds: Double) {
    let time = SuspendingClock.now + .seconds(seconds)
    judgement = min(judgement ?? time, time)
  }

  func judge() {
    let (sentence, code) = verdict
    hasVerdict.store(true, ordering: .relaxed)
    over = (.now, rank, code)
    for link in links.values { link.send(Message(.verdict, code: code)) }
    end(sentence, code)
  }

  private var verdict: (String, Int) {
    if let failure, failure.message.kind == .failing { return (failure.message.text, failure.message.code) }
    peers[rank].standing = supervision.standing
    lastHeard[rank] = .now
    for peer in peers.indices { peers[peer].silentSeconds = lastHeard[peer].age }
    // Only those that this rank hears of can be judged.
    let known = peers.filter { $0.rank == rank || links[$0.rank] != nil }
    let consequence = failure.map { "\(peers[$0.rank].name): \($0.message.text)" }
    return (
      Diagnosis(ranks: known, silence: silence, step: supervision.standing.step, consequence: consequence).sentence,
      CommunicationError.exitStatus
    )
  }
}
