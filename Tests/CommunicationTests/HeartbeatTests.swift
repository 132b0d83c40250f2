import Communication
import Foundation
import Synchronization
import Tensors
import Testing

/// Ranks that are threads, with real connections between them: a rank is lost when its connection closes or falls
/// silent.
@Suite(.serialized) struct HeartbeatTests {
  /// The sentences of ranks at the end of a run.
  private final class Endings: Sendable {
    struct Ending: Hashable {
      let rank: Int
      let sentence: String?
      let code: Int
    }

    private let list = Mutex<[Ending]>([])

    func add(_ ending: Ending) { list.withLock { $0.append(ending) } }
    var all: [Ending] { list.withLock { $0 } }

    /// The first one, waited for as long as a test may take.
    func first() -> Ending? {
      for _ in 0..<3000 {
        if let first = all.first { return first }
        usleep(10_000)
      }
      return nil
    }
  }

  /// A rank that prints where it crashed stands still for longer than the others are patient.
  @Test func aRankThatCrashesHasTime() throws {
    let run = try Run(ranks: 3, patience: 0.3)
    run.start([0, 1])
    run.tell(2, .crashing)
    for rank in [0, 1] { run.supervisions[rank].beginWaiting(Call(operation: .barrier, channel: 0, number: 1)) }
    usleep(3_500_000)
    #expect(run.endings.all.isEmpty, "neither silent nor late: \(run.endings.all)")
    run.drop(2)
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 0 && ending.sentence?.hasPrefix("rank 2 on node2 died in step 5") == true, "\(ending)")
    run.stop([0, 1])
  }

  /// Some ranks, connected.
  private final class Run {
    let endings = Endings()
    let supervisions: [Supervision]
    private(set) var heartbeats: [Heartbeat?]
    private var links: [Int: [Int: Link]]

    init(ranks: Int, patience: Double, hosts: [String]? = nil) throws {
      let supervisions = (0..<ranks).map { _ in Supervision() }
      let hosts = hosts ?? (0..<ranks).map { "node\($0)" }
      let links = Mutex<[Int: [Int: Link]]>([:])
      _ = try onRanks(ranks) { communicator in
        let (own, missing) = try Link.connect(communicator)
        if !missing.isEmpty { throw CommunicationError.failed(operation: "connect", text: "\(missing)") }
        let sendable = Unsent(links: own)
        links.withLock { $0[communicator.rank] = sendable.links }
      }
      self.supervisions = supervisions
      self.links = links.withLock { Unsent(links: $0) }.links
      let endings = endings
      heartbeats = links.withLock { links in
        (0..<ranks).map { rank in
          Heartbeat(rank: rank, hostNames: hosts, supervision: supervisions[rank], links: links[rank]!) {
            sentence, code in
            endings.add(.init(rank: rank, sentence: sentence, code: code))
          }
        }
      }
      for supervision in supervisions {
        supervision.patience = patience
        supervision.enter(.computing, step: 5)
        supervision.settle()
      }
    }

    private struct Unsent<Links>: @unchecked Sendable { let links: Links }

    func start(_ ranks: [Int]) { for rank in ranks { heartbeats[rank]!.start() } }
    func stop(_ ranks: [Int]) { for rank in ranks { heartbeats[rank]!.stop() } }
    /// As the system does when a process ends.
    func drop(_ rank: Int) { (heartbeats[rank], links[rank]) = (nil, nil) }
    func tell(_ rank: Int, _ kind: Message.Kind, to other: Int = 0) { links[rank]![other]!.send(Message(kind)) }
  }

  @Test func rank0NamesARankThatDied() throws {
    let run = try Run(ranks: 3, patience: 60)
    run.start([0, 1])
    run.drop(2)
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 0 && ending.code == CommunicationError.exitStatus)
    #expect(ending.sentence?.hasPrefix("rank 2 on node2 died in step 5") == true, "\(ending)")
    run.stop([0, 1])
    #expect(run.endings.all.count == 1)
  }

  @Test func rank1NamesRank0() throws {
    let run = try Run(ranks: 3, patience: 60)
    run.start([1, 2])
    run.drop(0)
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 1 && ending.sentence?.hasPrefix("rank 0 on node0 died in step 5") == true, "\(ending)")
    run.stop([1, 2])
  }

  /// Rank 0 says what happened, but cannot end the others, and is gone.
  @Test func aRankEndsByItselfAfterTheOneThatSpoke() throws {
    let run = try Run(ranks: 3, patience: 60)
    run.start([1])
    run.tell(0, .verdict, to: 1)
    usleep(300_000)
    #expect(run.endings.all.isEmpty, "the one that spoke ends all")
    run.drop(0)
    #expect(run.endings.first() == .init(rank: 1, sentence: nil, code: 0))
    run.stop([1])
  }

  @Test func aSilentRankIsNamedWhenPatienceEnds() throws {
    let run = try Run(ranks: 2, patience: 2)
    run.start([0])
    let start = SuspendingClock.now
    let ending = try #require(run.endings.first())
    #expect(SuspendingClock.now - start > .seconds(1))
    #expect(ending.sentence?.hasPrefix("nothing is heard any more of rank 1 on node1") == true, "\(ending)")
    run.stop([0])
  }

  @Test func aLateRankThatBeatsIsNotTakenForASilentOne() throws {
    let run = try Run(ranks: 2, patience: 2)
    run.supervisions[1].beginWaiting(Call(operation: .gather, channel: 0, number: 3))
    run.supervisions[0].enter(.reporting)
    run.start([0, 1])
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 0)
    #expect(ending.sentence?.contains("to which rank 0 on node0 (in its callbacks in step 5") == true, "\(ending)")
    run.stop([0, 1])
  }

  @Test func aSaveMayTakeLongerThanPatienceButNotForEver() throws {
    let run = try Run(ranks: 2, patience: 0.5)
    run.supervisions[0].enter(.saving)
    run.supervisions[1].beginWaiting(Call(operation: .gather, channel: 0, number: 3))
    run.start([0, 1])
    usleep(1_500_000)
    #expect(run.endings.all.isEmpty)
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 0)
    #expect(ending.sentence?.contains("to which rank 0 on node0 (saving a checkpoint in step 5") == true, "\(ending)")
    run.stop([0, 1])
  }

  /// The other one comes after the patience, but before the run is ended.
  @Test func whoComesInTheEndIsWaitedFor() throws {
    let run = try Run(ranks: 2, patience: 3)
    run.supervisions[0].enter(.saving)
    run.supervisions[1].beginWaiting(Call(operation: .gather, channel: 0, number: 3))
    run.start([0, 1])
    usleep(4_000_000)
    run.supervisions[0].enter(.voting)
    run.supervisions[1].endWaiting()
    usleep(1_500_000)
    #expect(run.endings.all.isEmpty)
    run.stop([0, 1])
  }

  @Test func anotherHostSpeaksWhereOneIsLost() throws {
    let run = try Run(ranks: 5, patience: 60, hosts: ["a", "a", "a", "a", "b"])
    run.start([4])
    let start = SuspendingClock.now
    for rank in 0..<4 { run.drop(rank) }
    let ending = try #require(run.endings.first())
    #expect(ending.rank == 4 && SuspendingClock.now - start < .seconds(8))
    #expect(ending.sentence?.hasPrefix("rank 0 on a died in step 5") == true, "\(ending)")
    run.stop([4])
  }

  @Test func rank0SpeaksForARankThatFails() throws {
    let run = try Run(ranks: 3, patience: 60)
    run.start([0, 1, 2])
    let heartbeat = run.heartbeats[2]!
    let thread = Thread { heartbeat.fail(Message(.failing, code: 3, text: "the disk is gone")) }
    thread.start()
    let ending = try #require(run.endings.first())
    #expect(ending == .init(rank: 0, sentence: "the disk is gone", code: 3))
    run.stop([0, 1, 2])
    #expect(run.endings.all.count == 1)
  }

  @Test func aRankThatLeavesHasNotDied() throws {
    let run = try Run(ranks: 2, patience: 60)
    run.start([0, 1])
    run.heartbeats[1]!.leave()
    run.stop([1])
    run.drop(1)
    // A failure after it is the first thing that is said.
    let heartbeat = run.heartbeats[0]!
    let thread = Thread { heartbeat.fail(Message(.failing, code: 1, text: "afterwards")) }
    thread.start()
    #expect(try #require(run.endings.first()).sentence == "afterwards")
    run.stop([0])
  }
}
