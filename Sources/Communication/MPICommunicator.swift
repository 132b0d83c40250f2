internal import CMPI
public import Tensors

/// The ranks that `mpirun` started, or a duplicate of them.
///
/// All operations are non-blocking ones of MPI, polled until they are complete.
@safe
public final class MPICommunicator: Communicator, @unchecked Sendable {
  public let rank: Int
  public let size: Int
  public private(set) var hostNames: [String] = []
  public let supervision: Supervision
  public private(set) var history = OperationHistory()
  private let handle: MPI_Comm
  private let channel: Int

  /// All ranks of the run: a duplicate of MPI's world. MPI has been started.
  ///
  /// - Parameter hostName: the name of this rank's machine.
  init(hostName: String, supervision: Supervision) throws(CommunicationError) {
    self.supervision = supervision
    channel = supervision.takeChannel()
    unsafe handle = try unsafe MPICommunicator.duplicate(CMPI_COMM_WORLD())
    var (rank, size): (Int32, Int32) = (0, 0)
    try MPILibrary.check(unsafe MPI_Comm_rank(handle, &rank), "MPI_Comm_rank")
    try MPILibrary.check(unsafe MPI_Comm_size(handle, &size), "MPI_Comm_size")
    (self.rank, self.size) = (Int(rank), Int(size))
    hostNames = try allGather(Array(hostName.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  private init(duplicating other: MPICommunicator) throws(CommunicationError) {
    (rank, size, hostNames, supervision) = (other.rank, other.size, other.hostNames, other.supervision)
    other.supervision.beginWaiting(other.enter(.duplicate))
    defer { other.supervision.endWaiting() }
    unsafe handle = try unsafe MPICommunicator.duplicate(other.handle)
    channel = supervision.takeChannel()
  }

  private static func duplicate(_ handle: MPI_Comm) throws(CommunicationError) -> MPI_Comm {
    let copy = UnsafeMutablePointer<MPI_Comm?>.allocate(capacity: 1)
    defer { unsafe copy.deallocate() }
    unsafe copy.initialize(to: nil)
    var request: MPI_Request?
    try MPILibrary.check(unsafe MPI_Comm_idup(handle, copy, &request), "MPI_Comm_idup")
    try unsafe MPILibrary.wait(&request, "MPI_Comm_idup")
    try MPILibrary.check(unsafe MPI_Comm_set_errhandler(copy.pointee, CMPI_ERRORS_RETURN()), "MPI_Comm_set_errhandler")
    return unsafe copy.pointee!
  }

  public func duplicate() throws(CommunicationError) -> any Communicator {
    try MPICommunicator(duplicating: self)
  }

  public func abort(code: Int, because sentence: String) {
    MPILibrary.fail(sentence, code: code)
    // Nobody else has, or there is nobody else.
    World.say(sentence)
    MPILibrary.abort(code: code)
  }

  public func barrier() throws(CommunicationError) {
    try unsafe complete(enter(.barrier), "MPI_Ibarrier") { unsafe MPI_Ibarrier(handle, &$0) }
  }

  // MARK: Bytes

  public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
    let call = enter(.broadcast, size: root)
    let length = Memory(count: 4)
    unsafe length.bytes.storeBytes(of: UInt32(bytes.count), as: UInt32.self)
    try unsafe broadcast(call, length.bytes.baseAddress, count: 4, type: CMPI_BYTE(), from: root)
    let memory = Memory(count: unsafe Int(length.bytes.load(as: UInt32.self)))
    if rank == root { unsafe memory.bytes.copyBytes(from: bytes) }
    try unsafe broadcast(call, memory.bytes.baseAddress, count: memory.bytes.count, type: CMPI_BYTE(), from: root)
    return unsafe Array(memory.bytes)
  }

  public func allGather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
    let call = enter(.gatherBytes)
    let lengths = Memory(count: 4 * size)
    unsafe lengths.bytes.storeBytes(of: UInt32(bytes.count), toByteOffset: 4 * rank, as: UInt32.self)
    try unsafe complete(call, "MPI_Iallgather") {
      unsafe MPI_Iallgather(
        CMPI_IN_PLACE(), 0, CMPI_BYTE(), lengths.bytes.baseAddress, 4, CMPI_BYTE(), handle, &$0)
    }
    var ranges: [Range<Int>] = []
    for rank in 0..<size {
      let start = ranges.last?.upperBound ?? 0
      let length = unsafe lengths.bytes.load(fromByteOffset: 4 * rank, as: UInt32.self)
      ranges.append(start..<start + Int(length))
    }
    let segments = Segments(ranges)
    let memory = Memory(count: segments.end)
    unsafe UnsafeMutableRawBufferPointer(rebasing: memory.bytes[ranges[rank]]).copyBytes(from: bytes)
    try unsafe complete(call, "MPI_Iallgatherv") {
      unsafe gather(memory.bytes.baseAddress, segments, CMPI_BYTE(), &$0)
    }
    return ranges.map { unsafe Array(memory.bytes[$0]) }
  }

  /// Memory that stays where it is while MPI works on it.
  @safe
  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer

    init(count: Int) { unsafe bytes = .allocate(byteCount: count, alignment: 8) }

    deinit { unsafe bytes.deallocate() }
  }

  // MARK: Floats

  public func broadcast(_ buffer: Buffer, from root: Int) throws(CommunicationError) {
    let call = enter(.broadcast, size: buffer.count)
    // MPI counts in 32 bits.
    let piece = 1 << 30
    for start in stride(from: 0, to: buffer.count, by: piece) {
      try unsafe broadcast(
        call, buffer.pointer + start, count: min(piece, buffer.count - start), type: CMPI_FLOAT(), from: root)
    }
  }

  public func allGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) {
    try startAllGather(in: buffer, segments: segments).wait()
  }

  public func startAllGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) -> Request {
    precondition(segments.ranges.count == size && segments.end <= buffer.count)
    let call = enter(.gather, size: segments.end)
    var request: MPI_Request?
    try MPILibrary.check(unsafe gather(buffer.pointer, segments, CMPI_FLOAT(), &request), "MPI_Iallgatherv")
    return unsafe Request(
      .mpi(request, name: "MPI_Iallgatherv", call, supervision), buffers: (buffer, nil), segments: (segments, nil))
  }

  public func startAllToAll(
    from outgoing: Buffer, sending: Segments, into incoming: Buffer, receiving: Segments
  ) throws(CommunicationError) -> Request {
    precondition(sending.ranges.count == size && sending.end <= outgoing.count)
    precondition(receiving.ranges.count == size && receiving.end <= incoming.count)
    let call = enter(.exchange)
    var request: MPI_Request?
    try MPILibrary.check(
      unsafe MPI_Ialltoallv(
        outgoing.pointer, sending.counts, sending.displacements, CMPI_FLOAT(), incoming.pointer, receiving.counts,
        receiving.displacements, CMPI_FLOAT(), handle, &request), "MPI_Ialltoallv")
    return unsafe Request(
      .mpi(request, name: "MPI_Ialltoallv", call, supervision), buffers: (outgoing, incoming),
      segments: (sending, receiving))
  }

  public func allReduceSum(_ buffer: Buffer) throws(CommunicationError) {
    try startAllReduceSum(buffer).wait()
  }

  public func startAllReduceSum(_ buffer: Buffer) throws(CommunicationError) -> Request {
    let call = enter(.sum, size: buffer.count)
    var request: MPI_Request?
    try MPILibrary.check(
      unsafe MPI_Iallreduce(
        CMPI_IN_PLACE(), buffer.pointer, Int32(buffer.count), CMPI_FLOAT(), CMPI_SUM(), handle, &request),
      "MPI_Iallreduce")
    return unsafe Request(
      .mpi(request, name: "MPI_Iallreduce", call, supervision), buffers: (buffer, nil), segments: (nil, nil))
  }

  // MARK: What they share

  /// Notes that an operation begins.
  private func enter(_ operation: Operation, size: Int = 0) -> Call {
    history.add(operation, size: size)
    return Call(operation: operation, channel: channel, number: history.count)
  }

  /// Starts one of MPI's operations and waits for it.
  private func complete(
    _ call: Call, _ name: StaticString, _ start: (inout MPI_Request?) -> Int32
  ) throws(CommunicationError) {
    var request: MPI_Request?
    try MPILibrary.check(unsafe start(&request), name)
    supervision.beginWaiting(call)
    defer { supervision.endWaiting() }
    try unsafe MPILibrary.wait(&request, name)
  }

  private func broadcast(
    _ call: Call, _ pointer: UnsafeMutableRawPointer?, count: Int, type: MPI_Datatype, from root: Int
  ) throws(CommunicationError) {
    try unsafe complete(call, "MPI_Ibcast") { unsafe MPI_Ibcast(pointer, Int32(count), type, Int32(root), handle, &$0) }
  }

  private func gather(
    _ pointer: UnsafeMutableRawPointer?, _ segments: Segments, _ type: MPI_Datatype, _ request: inout MPI_Request?
  ) -> Int32 {
    unsafe MPI_Iallgatherv(
      CMPI_IN_PLACE(), 0, type, pointer, segments.counts, segments.displacements, type, handle, &request)
  }
}
