public import Tensors

/// Ranks in one process that share memory, each used by a thread of its own: MPI's twin in tests.
public final class InProcessCommunicator: Communicator, @unchecked Sendable {
  public let rank: Int
  public let supervision: Supervision
  public private(set) var history = OperationHistory()
  private let group: InProcessGroup

  private init(rank: Int, group: InProcessGroup, supervision: Supervision) {
    (self.rank, self.group, self.supervision) = (rank, group, supervision)
  }

  /// The members of a new group, in rank order.
  ///
  /// - Parameter hostNames: one for each rank.
  public static func group(hostNames: [String]) -> [InProcessCommunicator] {
    precondition(!hostNames.isEmpty)
    let group = InProcessGroup(hostNames: hostNames)
    return hostNames.indices.map { InProcessCommunicator(rank: $0, group: group, supervision: Supervision()) }
  }

  /// The members of a new group of `size` ranks on one machine.
  public static func group(size: Int) -> [InProcessCommunicator] {
    group(hostNames: Array(repeating: "localhost", count: size))
  }

  public var size: Int { group.hostNames.count }
  public var hostNames: [String] { group.hostNames }

  public func barrier() throws(CommunicationError) { try complete(.barrier) }

  public func broadcast(_ buffer: Buffer, from root: Int) throws(CommunicationError) {
    try check(root)
    try complete(.broadcast(buffer, root: root))
  }

  public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
    try check(root)
    return try allGather(rank == root ? bytes : [])[root]
  }

  public func allGather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] { try complete(.bytes(bytes)).bytes }

  public func allGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) {
    try complete(.gather(buffer, segments))
  }

  public func startAllGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) -> Request {
    try request(.gather(buffer, segments))
  }

  public func startAllToAll(
    from outgoing: Buffer, sending: Segments, into incoming: Buffer, receiving: Segments
  ) throws(CommunicationError) -> Request {
    try request(.exchange(outgoing: outgoing, sending: sending, incoming: incoming, receiving: receiving))
  }

  public func allReduceSum(_ buffer: Buffer) throws(CommunicationError) { try complete(.sum(buffer)) }

  public func startAllReduceSum(_ buffer: Buffer) throws(CommunicationError) -> Request { try request(.sum(buffer)) }

  public func duplicate() throws(CommunicationError) -> any Communicator {
    let group = try complete(.duplicate).group
    return InProcessCommunicator(rank: rank, group: group!, supervision: supervision)
  }

  public func abort(code: Int, because sentence: String) { group.abort(rank: rank, code: code) }

  private func start(_ contribution: InProcessOperation.Contribution) throws(CommunicationError) -> InProcessOperation {
    history.add(contribution.operation, size: contribution.size)
    return try group.start(contribution, rank: rank, number: history.count)
  }

  private func request(_ contribution: InProcessOperation.Contribution) throws(CommunicationError) -> Request {
    // The operation itself keeps the buffers.
    Request(.inProcess(try start(contribution), group, supervision), buffers: (nil, nil), segments: (nil, nil))
  }

  @discardableResult
  private func complete(_ contribution: InProcessOperation.Contribution) throws(CommunicationError)
    -> InProcessOperation
  {
    let operation = try start(contribution)
    try group.wait(for: operation, supervision)
    return operation
  }

  private func check(_ root: Int) throws(CommunicationError) {
    guard 0..<size ~= root else { throw .failed(operation: "broadcast", text: "rank \(root) does not exist") }
  }
}
