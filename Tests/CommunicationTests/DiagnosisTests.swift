import Communication
import Testing

/// One sentence names the rank, its machine, the step and what to do.
struct DiagnosisTests {
  private static func rank(
    _ rank: Int, step: Int = 7, _ phase: Supervision.Phase = .exchanging, call: Call? = nil, waiting: Double = 0,
    silent: Double = 0.2, _ condition: Diagnosis.Rank.Condition = .present
  ) -> Diagnosis.Rank {
    Diagnosis.Rank(
      rank: rank, host: "node\(rank)",
      standing: .init(
        step: step, phase: phase, phaseSeconds: 31, call: call, waitingSeconds: waiting, deadline: 30),
      silentSeconds: silent, condition: condition)
  }

  private static let gather = Call(operation: .gather, channel: 0, number: 40)
  private static let barrier = Call(operation: .barrier, channel: 0, number: 40)

  private func sentence(_ ranks: [Diagnosis.Rank], consequence: String? = nil) -> String {
    Diagnosis(ranks: ranks, silence: 3, step: 7, consequence: consequence).sentence
  }

  @Test func aDeadRank() {
    let ranks = [
      Self.rank(0, call: Self.gather, waiting: 31), Self.rank(1, .computing, .dead), Self.rank(2, silent: 90),
    ]
    let sentence = sentence(ranks, consequence: "rank 0: MPI failed")
    #expect(sentence.hasPrefix("rank 1 on node1 died in step 7, last heard of 0.2 s before, computing: "))
    #expect(sentence.contains("--resume"))
  }

  @Test func aSilentRank() {
    let ranks = [Self.rank(0, call: Self.gather, waiting: 31), Self.rank(1), Self.rank(2, .loading, silent: 31)]
    let sentence = sentence(ranks)
    #expect(
      sentence.hasPrefix(
        "nothing is heard any more of rank 2 on node2 (for 31 s, in step 7, loading data): the process was stopped"))
  }

  @Test func aLateRank() {
    let ranks = [Self.rank(0, call: Self.gather, waiting: 31), Self.rank(1, .reporting)]
    #expect(
      sentence(ranks)
        == "rank 0 on node0 has waited for 31 s in a gathering (call 40 of communicator 0), to which rank 1 on "
        + "node1 (in its callbacks in step 7 for 31 s) did not come; find out what holds it, or raise 'patience' if it "
        + "needs "
        + "that long")
  }

  @Test func ranksInDifferentOperations() {
    let waiting = [0, 2].map { Self.rank($0, call: Self.gather, waiting: 31) }
    let three = sentence(waiting + [Self.rank(1, call: Self.barrier, waiting: 31)])
    #expect(
      three.hasPrefix(
        "the ranks have called different operations: rank 1 on node1 (in step 7) in a barrier (call 40 of communicator "
          + "0) "
          + "wait, the others in a gathering (call 40 of communicator 0); "))
    // Of two ranks neither is known to be right.
    let two = sentence([waiting[0], Self.rank(1, call: Self.barrier, waiting: 31)])
    #expect(two.contains("rank 0 on node0") && two.contains("rank 1 on node1") && !two.contains("the others"))
  }

  @Test func aRankThatHasLeft() {
    let ranks = [Self.rank(0, call: Self.gather, waiting: 31), Self.rank(1, .leaving, .gone)]
    #expect(
      sentence(ranks).hasPrefix("rank 1 on node1 ended in step 7, while rank 0 on node0 still waits in a gathering"))
  }

  @Test func aNetworkThatDoesNotDeliver() {
    let ranks = (0..<3).map { Self.rank($0, call: Self.gather, waiting: 31) }
    #expect(
      sentence(ranks).hasPrefix("all ranks have waited for 31 s in a gathering (call 40 of communicator 0) of step 7: ")
    )
    #expect(
      sentence(ranks, consequence: "rank 0 on node0: no route").hasPrefix(
        "rank 0 on node0: no route (rank 0 in step 7, exchanging gradients, waiting in a gathering"))
  }

  @Test func messagesGoThroughALine() {
    let standing = Supervision.Standing(
      step: 12, phase: .saving, phaseSeconds: 0.5, call: Self.barrier, waitingSeconds: 0.25, deadline: 120)
    let message = Message(.failing, standing, code: 3, text: "a file\nis missing: x = y")
    let line = message.line
    #expect(line.hasSuffix("a file is missing: x = y\n") && line.filter { $0 == "\n" }.count == 1)
    let read = Message(line.dropLast())
    #expect(read?.standing == standing && read?.code == 3 && read?.text == "a file is missing: x = y")
    #expect(Message(Message(.beat).line.dropLast()) == Message(.beat))
    for noise in ["", "beat", "GET / HTTP/1.1", "beat 1 99 0 0 0 0 0 0 0 "] { #expect(Message(noise) == nil) }
  }
}
