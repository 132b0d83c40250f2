import Glibc
import Synchronization
import Tensors

/// The thread by which ranks notice that one of them died, stalled, fell behind or does something else.
///
/// Every rank has a connection with rank 0, apart from MPI, and tells at every beat where it stands. A process that
/// ends closes its connection at once, whatever ends it; one that is stopped falls silent; one that computes goes on
/// beating. Rank 0 judges and speaks, and ends the run on all ranks; where rank 0 itself is lost, the next rank does.
/// The thread sleeps between beats and calls MPI only to end the run.
@safe
package final class Heartbeat: @unchecked Sendable {
  let rank: Int
  private let hostNames: [String]
  /// Seconds in which ranks before this one may speak first.
  let turn: Double
  let supervision: Supervision
  let links: [Int: Link]
  let end: @Sendable (_ sentence: String?, _ code: Int) -> Void
  /// A pipe that wakes the thread: where to listen and where to ring.
  private let bell: [Int32]
  private let orders = Mutex(Orders())
  private var thread = pthread_t()

  /// Wishes of the rank's own threads.
  private struct Orders {
    var isStopping = false
    var failure: Message?
  }

  let hasVerdict = Atomic(false)

  // What follows belongs to the thread.
  var peers: [Diagnosis.Rank]
  var lastHeard: [SuspendingClock.Instant]
  private var ownFailure: Message?
  /// Since when some rank has said what happened, which one, and with which exit status the run ends.
  var over: (since: SuspendingClock.Instant, judge: Int, code: Int)?
  private var terminationStart: SuspendingClock.Instant?
  /// When to judge, and the first failure that another rank told of.
  var judgement: SuspendingClock.Instant?
  var failure: (message: Message, rank: Int)?
  /// Since when a peer has been crashing.
  var crashes: [Int: SuspendingClock.Instant] = [:]

  /// - Parameters:
  ///   - links: on rank 0 those to all others, elsewhere the one to rank 0.
  ///   - end: says the sentence and ends the run on all ranks; without one, ends this process: another rank has spoken,
  ///     but not managed to end it.
  package init(
    rank: Int, hostNames: [String], supervision: Supervision, links: [Int: Link],
    end: @escaping @Sendable (_ sentence: String?, _ code: Int) -> Void
  ) {
    (self.rank, self.hostNames, self.supervision, self.links, self.end) = (rank, hostNames, supervision, links, end)
    turn = Heartbeat.turn(of: rank, hostNames)
    peers = hostNames.enumerated().map {
      Diagnosis.Rank(rank: $0, host: $1, standing: .init(), silentSeconds: 0, condition: .present)
    }
    lastHeard = Array(repeating: .now, count: hostNames.count)
    var ends: [Int32] = [0, 0]
    let code = unsafe pipe(&ends)
    precondition(code == 0, "no pipe could be made: \(unsafe String(cString: strerror(errno)))")
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    bell = ends
  }

  deinit { for end in bell { close(end) } }

  /// Whether it has been said why the run ends.
  var isOver: Bool { hasVerdict.load(ordering: .relaxed) }

  package func start() {
    let code = unsafe pthread_create(
      &thread, nil,
      { argument in
        unsafe Unmanaged<Heartbeat>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard code == 0 else { MemoryError.noThread(code).end() }
  }

  /// Tells the others that this process is about to end on purpose.
  package func leave() {
    for link in links.values { link.send(Message(.goodbye, supervision.standing)) }
  }

  /// Ends the thread.
  package func stop() {
    orders.withLock { $0.isStopping = true }
    ring()
    pthread_join(thread, nil)
  }

  /// Processor time that the thread has taken.
  var processorSeconds: Double {
    var clock = clockid_t()
    var time = timespec()
    guard unsafe pthread_getcpuclockid(thread, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Lets one rank say what has failed here, and end the run; returns only if that takes too long.
  package func fail(_ message: Message) {
    orders.withLock { $0.failure = $0.failure ?? message }
    ring()
    let start = SuspendingClock.now
    while start.age < Heartbeat.backstop + 5 { usleep(100_000) }
  }

  /// This process ends without having said why.
  func fail(status: Int) {
    let step = supervision.standing.step
    fail(
      Message(
        .failing, code: status,
        text: "rank \(rank) on \(hostNames[rank]) ended with exit status \(status) in step \(step), see what it said "
          + "before; the other ranks end with it"))
  }

  /// Until then, rank 0 has ended the run; otherwise the rank does it itself. In seconds.
  static let backstop = 10.0

  /// In which a process that crashes has printed where, in seconds.
  package static let crashing = 30.0

  var isJudge: Bool { rank == 0 }
  var interval: Double { min(1, max(0.02, supervision.patience / 10)) }
  /// No rank that lives is silent for so long, even on a machine that has too much to do.
  var silence: Double { max(3 * interval, min(2, 0.9 * supervision.deadline)) }

  private func ring() {
    var byte: UInt8 = 1
    unsafe write(bell[1], &byte, 1)
  }

  private func run() {
    var beat = SuspendingClock.now
    while true {
      let before = SuspendingClock.now
      let next = min(beat, judgement ?? beat)
      let duration = max(0, over != nil ? interval : (next - before) / .seconds(1))
      let events = wait(seconds: duration)
      let late = before.age - duration
      if late > silence {
        // This process was stopped, or its machine: the others were not.
        supervision.forgive(.seconds(late))
        lastHeard = lastHeard.map { $0 + .seconds(late) }
      }
      for (peer, link) in links where events.contains(link.socket.descriptor) { listen(to: peer, link) }
      if obey() { return }
      if Termination.wasAsked { terminate() }
      if let over {
        // Whoever judged has not managed to end this process, or not even its own in another way.
        if over.since.age > Heartbeat.backstop || links[over.judge]?.isClosed == true { end(nil, over.code) }
        continue
      }
      if beat <= .now {
        beat = .now + .seconds(interval)
        for link in links.values { link.send(Message(.beat, supervision.standing)) }
        look()
      }
      if let judgement, judgement <= .now {
        self.judgement = nil
        if isWarranted { judge() }
      }
    }
  }

  /// Sleeps; the connections on which something has arrived.
  private func wait(seconds: Double) -> Set<Int32> {
    var requests = [pollfd(fd: bell[0], events: Int16(POLLIN), revents: 0)]
    for link in links.values where !link.isClosed {
      requests.append(pollfd(fd: link.socket.descriptor, events: Int16(POLLIN), revents: 0))
    }
    guard unsafe poll(&requests, nfds_t(requests.count), Int32(seconds * 1000) + 1) > 0 else { return [] }
    var byte: UInt8 = 0
    while unsafe read(bell[0], &byte, 1) == 1 {}
    return Set(requests.filter { $0.revents != 0 }.map(\.fd))
  }

  private func listen(to peer: Int, _ link: Link) {
    for message in link.receive() {
      lastHeard[peer] = .now
      if message.kind != .crashing { peers[peer].standing = message.standing }
      switch message.kind {
      case .crashing:
        crashes[peer] = crashes[peer] ?? .now
        if isJudge { for (other, link) in links where other != peer { link.send(message) } }
      case .beat: if isJudge && isOverdue(message.standing) { plan(in: 2 * interval) }
      case .goodbye: peers[peer].condition = .gone
      case .failing, .consequence:
        note(message, of: peer)
      case .verdict:
        hasVerdict.store(true, ordering: .relaxed)
        over = (.now, peer, message.code)
      }
    }
    if link.isClosed, peers[peer].condition == .present {
      peers[peer].condition = .dead
      plan(in: isJudge ? 0 : turn)
    }
  }

  /// Ranks may fail one because of the other: the first one tells, but its own words explain more than an error of MPI,
  /// and the death of a rank more than both.
  private func note(_ message: Message, of peer: Int) {
    if failure == nil || failure?.message.kind == .consequence && message.kind == .failing { failure = (message, peer) }
    plan(in: message.kind == .failing ? 0 : 0.3)
  }

  /// Does what the rank's own threads want; true to end.
  private func obey() -> Bool {
    let orders = orders.withLock { $0 }
    if let failure = orders.failure, ownFailure == nil {
      ownFailure = failure
      if isJudge {
        note(failure, of: rank)
      } else {
        let link = links[0].flatMap { $0.isClosed ? nil : $0 }
        link?.send(Message(failure.kind, supervision.standing, code: failure.code, text: failure.text))
        self.failure = self.failure ?? (failure, rank)
        plan(in: link == nil ? turn : Heartbeat.backstop + turn)
      }
    }
    return orders.isStopping
  }

  /// Ends this process as SIGTERM asks, unless it turns out within half a second that a rank has died, which is why.
  private func terminate() {
    let start = terminationStart ?? .now
    terminationStart = start
    if start.age > 0.5 { Termination.obey() }
  }
}
