import Communication
import Tensors
import Testing

struct CommunicatorTests {
  @Test(arguments: [1, 2, 5])
  func inProcessRanksExchange(size: Int) throws {
    _ = try onRanks(size) { communicator in
      for member in [communicator, try communicator.duplicate()] { try Self.exercise(member) }
    }
  }

  @Test func aSingleRankExchangesWithItself() throws { try Self.exercise(SingleCommunicator()) }

  @Test func ranksKnowTheirMachines() {
    let members = InProcessCommunicator.group(hostNames: ["a", "b", "a", "b", "b"])
    #expect(members.map(\.localRank) == [0, 0, 1, 1, 2])
    #expect(members.map(\.localSize) == [2, 3, 2, 3, 3])
  }

  @Test func anUnknownRootIsAnError() {
    let failure = CommunicationError.failed(operation: "broadcast", text: "rank 3 does not exist")
    #expect(throws: failure) { try SingleCommunicator().broadcast([1], from: 3) }
    #expect(throws: failure) { try InProcessCommunicator.group(size: 2)[0].broadcast(Buffer(count: 1), from: 3) }
  }

  @Test func abortReachesRanksThatWait() throws {
    let errors = try onRanks(3) { communicator -> CommunicationError? in
      if communicator.rank == 1 {
        communicator.abort(code: 4, because: "of a test")
        return nil
      }
      do {
        try communicator.barrier()
        return nil
      } catch let error as CommunicationError {
        return error
      }
    }
    #expect(errors == [.aborted(rank: 1, code: 4), nil, .aborted(rank: 1, code: 4)])
  }

  @Test func aRankThatDoesNotComeIsNamed() throws {
    let member = InProcessCommunicator.group(size: 3)[1]
    member.supervision.patience = 0.01
    member.supervision.settle()
    #expect(throws: CommunicationError.overdue(operation: "a barrier", missing: [0, 2], seconds: 0.01)) {
      try member.barrier()
    }
  }

  @Test func differentOperationsAreAnError() throws {
    let errors = try onRanks(3) { communicator -> CommunicationError? in
      do {
        if communicator.rank == 1 {
          try communicator.barrier()
        } else {
          try communicator.allReduceSum(Buffer(count: 2))
        }
        return nil
      } catch let error as CommunicationError {
        return error
      }
    }
    let sum = "a sum of size 2"
    #expect(errors == Array(repeating: .different(operations: [sum, "a barrier of size 0", sum]), count: 3))
  }

  @Test func historiesAreEqualWhereTheOperationsAre() throws {
    let histories = try onRanks(2) { communicator in
      try communicator.barrier()
      let first = communicator.history
      let other = try communicator.duplicate()
      try communicator.allReduceSum(Buffer(count: 2))
      return [first, communicator.history, other.history]
    }
    #expect(histories[0] == histories[1])
    #expect(Set(histories[0]).count == 3 && histories[0].map(\.count) == [1, 3, 0])
  }

  @Test func aDroppedRequestEndsTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let member = InProcessCommunicator.group(size: 2)[0]
      _ = try member.startAllReduceSum(Buffer(count: 1))
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("request was dropped"))
  }

  @Test func theEnvironmentTellsTheLauncher() {
    func environment(_ variables: [String: String]) -> LaunchEnvironment { LaunchEnvironment { variables[$0] } }
    #expect(!environment([:]).hasLauncher)
    #expect(environment([:]).ranks == nil)
    #expect(environment(["OMPI_COMM_WORLD_SIZE": "4"]).hasLauncher)
    #expect(environment(["OMPI_COMM_WORLD_SIZE": "4"]).ranks == 4)
    #expect(environment(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "4"]).isOnOneMachine)
    #expect(!environment(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"]).isOnOneMachine)
    #expect(!environment(["PMIX_RANK": "0"]).isOnOneMachine)
    #expect(environment(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"]).ranks == 8)
    #expect(environment(["PMI_RANK": "1", "PMI_SIZE": "2"]).hasLauncher)
    // A batch script: one process, whatever was allocated.
    #expect(!environment(["SLURM_NTASKS": "8"]).hasLauncher)
    #expect(environment(["SLURM_NTASKS": "8"]).ranks == nil)
    // srun without an interface that MPI understands.
    #expect(!environment(["SLURM_STEP_NUM_TASKS": "8"]).hasLauncher)
    #expect(environment(["SLURM_STEP_NUM_TASKS": "8"]).ranks == 8)
  }

  /// Every operation once, checked against what the ranks brought.
  private static func exercise(_ communicator: any Communicator) throws {
    let (rank, size) = (communicator.rank, communicator.size)
    let ranks = 0..<size
    try communicator.barrier()

    let root = size - 1
    let message = try communicator.broadcast(rank == root ? [1, 2, UInt8(root)] : [9], from: root)
    try expect(message == [1, 2, UInt8(root)])
    let buffer = Buffer([Float(rank), 5])
    try communicator.broadcast(buffer, from: root)
    try expect(buffer.values == [Float(root), 5])

    let bytes = try communicator.allGather(Array(repeating: UInt8(rank), count: rank))
    try expect(bytes == ranks.map { Array(repeating: UInt8($0), count: $0) })

    // Segment r has r + 1 floats.
    var ranges: [Range<Int>] = []
    for rank in ranks {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + rank + 1)
    }
    let segments = Segments(ranges)
    let gathered = ranks.flatMap { Array(repeating: Float($0), count: $0 + 1) }
    for blocking in [true, false] {
      let buffer = Buffer(count: segments.end)
      buffer[ranges[rank]].fill(Float(rank))
      if blocking {
        try communicator.allGather(in: buffer, segments: segments)
      } else {
        try communicator.startAllGather(in: buffer, segments: segments).wait()
      }
      try expect(buffer.values == gathered)
    }

    // Rank s sends r + 1 floats to rank r.
    let outgoing = Buffer(ranks.flatMap { Array(repeating: Float(10 * rank + $0), count: $0 + 1) })
    let incoming = Buffer(count: size * (rank + 1))
    let receiving = Segments(ranks.map { $0 * (rank + 1)..<($0 + 1) * (rank + 1) })
    var request = try communicator.startAllToAll(
      from: outgoing, sending: segments, into: incoming, receiving: receiving)
    while try !request.test() {}
    try expect(request.isComplete)
    try expect(incoming.values == ranks.flatMap { Array(repeating: Float(10 * $0 + rank), count: rank + 1) })

    let sum = Buffer([Float(rank + 1), 2])
    try communicator.allReduceSum(sum)
    try expect(sum.values == [Float(size * (size + 1) / 2), Float(2 * size)])
    try communicator.startAllReduceSum(sum).wait()
    try expect(sum.values == [Float(size * size * (size + 1) / 2), Float(2 * size * size)])
  }

  private struct Failure: Error { let line: Int }

  /// Threads without a test of their own cannot record issues; they throw.
  private static func expect(_ condition: Bool, line: Int = #line) throws {
    if !condition { throw Failure(line: line) }
  }
}
