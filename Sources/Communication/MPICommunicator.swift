internal import CMPI
public import Tensors

/// The ranks that `mpirun` started, or a duplicate of them.
@safe
public final class MPICommunicator: Communicator, @unchecked Sendable {
  public let rank: Int
  public let size: Int
  public private(set) var hostNames: [String] = []
  private let handle: MPI_Comm

  /// All ranks of the run: a duplicate of MPI's world. MPI has been started.
  ///
  /// - Parameter hostName: the name of this rank's machine.
  init(hostName: String) throws(CommunicationError) {
    unsafe handle = try unsafe MPICommunicator.duplicate(CMPI_COMM_WORLD())
    var (rank, size): (Int32, Int32) = (0, 0)
    try MPILibrary.check(unsafe MPI_Comm_rank(handle, &rank), "MPI_Comm_rank")
    try MPILibrary.check(unsafe MPI_Comm_size(handle, &size), "MPI_Comm_size")
    (self.rank, self.size) = (Int(rank), Int(size))
    hostNames = try allGather(Array(hostName.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  private init(duplicating other: MPICommunicator) throws(CommunicationError) {
    unsafe handle = try unsafe MPICommunicator.duplicate(other.handle)
    (rank, size, hostNames) = (other.rank, other.size, other.hostNames)
  }

  private static func duplicate(_ handle: MPI_Comm) throws(CommunicationError) -> MPI_Comm {
    var copy: MPI_Comm?
    try MPILibrary.check(unsafe MPI_Comm_dup(handle, &copy), "MPI_Comm_dup")
    try MPILibrary.check(unsafe MPI_Comm_set_errhandler(copy, CMPI_ERRORS_RETURN()), "MPI_Comm_set_errhandler")
    return unsafe copy!
  }

  public func duplicate() throws(CommunicationError) -> any Communicator {
    try MPICommunicator(duplicating: self)
  }

  public func abort(code: Int) { MPILibrary.abort(code: code) }

  public func barrier() throws(CommunicationError) {
    try MPILibrary.check(unsafe MPI_Barrier(handle), "MPI_Barrier")
  }

  // MARK: Bytes

  public func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8] {
    var length = Int32(bytes.count)
    try unsafe broadcast(&length, count: 1, type: CMPI_INT(), from: root)
    var result = rank == root ? bytes : [UInt8](repeating: 0, count: Int(length))
    try unsafe broadcast(&result, count: Int(length), type: CMPI_BYTE(), from: root)
    return result
  }

  public func allGather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]] {
    var length = Int32(bytes.count)
    var lengths = [Int32](repeating: 0, count: size)
    try MPILibrary.check(
      unsafe MPI_Allgather(&length, 1, CMPI_INT(), &lengths, 1, CMPI_INT(), handle), "MPI_Allgather")
    var displacements: [Int32] = []
    var total: Int32 = 0
    for length in lengths {
      displacements.append(total)
      let (sum, overflow) = total.addingReportingOverflow(length)
      precondition(!overflow, "the bytes of all ranks together exceed 2 GiB")
      total = sum
    }
    var gathered = [UInt8](repeating: 0, count: Int(total))
    try unsafe allGather(
      bytes, count: length, into: &gathered, counts: lengths, displacements: displacements, type: CMPI_BYTE())
    return zip(displacements, lengths).map { Array(gathered[Int($0)..<Int($0 + $1)]) }
  }

  // MARK: Floats

  public func broadcast(_ buffer: Buffer, from root: Int) throws(CommunicationError) {
    // MPI counts in 32 bits.
    let piece = 1 << 30
    for start in stride(from: 0, to: buffer.count, by: piece) {
      try unsafe broadcast(
        buffer.pointer + start, count: min(piece, buffer.count - start), type: CMPI_FLOAT(), from: root)
    }
  }

  public func allGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) {
    precondition(segments.ranges.count == size && segments.end <= buffer.count)
    try unsafe allGather(
      CMPI_IN_PLACE(), count: 0, into: buffer.pointer, counts: segments.counts, displacements: segments.displacements,
      type: CMPI_FLOAT())
  }

  public func startAllGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) -> Request {
    precondition(segments.ranges.count == size && segments.end <= buffer.count)
    var request: MPI_Request?
    try MPILibrary.check(
      unsafe MPI_Iallgatherv(
        CMPI_IN_PLACE(), 0, CMPI_FLOAT(), buffer.pointer, segments.counts, segments.displacements, CMPI_FLOAT(), handle,
        &request), "MPI_Iallgatherv")
    return unsafe Request(
      .mpi(request, operation: "MPI_Iallgatherv"), buffers: (buffer, nil), segments: (segments, nil))
  }

  public func startAllToAll(
    from outgoing: Buffer, sending: Segments, into incoming: Buffer, receiving: Segments
  ) throws(CommunicationError) -> Request {
    precondition(sending.ranges.count == size && sending.end <= outgoing.count)
    precondition(receiving.ranges.count == size && receiving.end <= incoming.count)
    var request: MPI_Request?
    try MPILibrary.check(
      unsafe MPI_Ialltoallv(
        outgoing.pointer, sending.counts, sending.displacements, CMPI_FLOAT(), incoming.pointer, receiving.counts,
        receiving.displacements, CMPI_FLOAT(), handle, &request), "MPI_Ialltoallv")
    return unsafe Request(
      .mpi(request, operation: "MPI_Ialltoallv"), buffers: (outgoing, incoming), segments: (sending, receiving))
  }

  public func allReduceSum(_ buffer: Buffer) throws(CommunicationError) {
    try MPILibrary.check(
      unsafe MPI_Allreduce(
        CMPI_IN_PLACE(), buffer.pointer, Int32(buffer.count), CMPI_FLOAT(), CMPI_SUM(), handle), "MPI_Allreduce")
  }

  public func startAllReduceSum(_ buffer: Buffer) throws(CommunicationError) -> Request {
    var request: MPI_Request?
    try MPILibrary.check(
      unsafe MPI_Iallreduce(
        CMPI_IN_PLACE(), buffer.pointer, Int32(buffer.count), CMPI_FLOAT(), CMPI_SUM(), handle, &request),
      "MPI_Iallreduce")
    return unsafe Request(.mpi(request, operation: "MPI_Iallreduce"), buffers: (buffer, nil), segments: (nil, nil))
  }

  // MARK: Calls shared by bytes and floats

  private func broadcast(
    _ pointer: UnsafeMutableRawPointer, count: Int, type: MPI_Datatype, from root: Int
  ) throws(CommunicationError) {
    try MPILibrary.check(unsafe MPI_Bcast(pointer, Int32(count), type, Int32(root), handle), "MPI_Bcast")
  }

  private func allGather(
    _ source: UnsafeRawPointer, count: Int32, into destination: UnsafeMutableRawPointer, counts: UnsafePointer<Int32>,
    displacements: UnsafePointer<Int32>, type: MPI_Datatype
  ) throws(CommunicationError) {
    try MPILibrary.check(
      unsafe MPI_Allgatherv(source, count, type, destination, counts, displacements, type, handle), "MPI_Allgatherv")
  }
}
