public import Tensors

/// A group of ranks that all call the same operations in the same order.
///
/// Every operation is collective: it ends only when each rank has called it. Operations of a communicator and of its
/// `duplicate()` are matched apart, so a non-blocking one may be under way on one while the other is used. Buffers and
/// segments belong to a non-blocking operation until its request has been waited for or tested true.
///
/// No operation waits for ever. Where a rank does not come within `supervision.patience`, MPI's ranks end the run (see
/// `Heartbeat`), and the in-process twin throws.
public protocol Communicator: Sendable {
  /// This member's number, in 0..<size.
  var rank: Int { get }
  /// Number of ranks.
  var size: Int { get }
  /// The name of each rank's machine.
  var hostNames: [String] { get }

  /// Returns when every rank has called it.
  func barrier() throws(CommunicationError)

  /// Copies the root's buffer to every rank; the counts are the same.
  func broadcast(_ buffer: Buffer, from root: Int) throws(CommunicationError)

  /// The root's bytes, on every rank. What the others pass is ignored.
  func broadcast(_ bytes: [UInt8], from root: Int) throws(CommunicationError) -> [UInt8]

  /// The bytes of every rank, in rank order; lengths may differ.
  func allGather(_ bytes: [UInt8]) throws(CommunicationError) -> [[UInt8]]

  /// Each rank has filled segment `rank` of the buffer; afterwards all of them are filled. Allocates nothing.
  func allGather(in buffer: Buffer, segments: Segments) throws(CommunicationError)

  /// Starts `allGather(in:segments:)`.
  func startAllGather(in buffer: Buffer, segments: Segments) throws(CommunicationError) -> Request

  /// Starts an exchange: segment r of `outgoing` goes to rank r, and segment r of `incoming` comes from rank r.
  /// The two buffers do not overlap.
  func startAllToAll(
    from outgoing: Buffer, sending: Segments, into incoming: Buffer, receiving: Segments
  ) throws(CommunicationError) -> Request

  /// Replaces the buffer by the sum over ranks, in an order that may depend on their number: for comparisons only.
  func allReduceSum(_ buffer: Buffer) throws(CommunicationError)

  /// Starts `allReduceSum`.
  func startAllReduceSum(_ buffer: Buffer) throws(CommunicationError) -> Request

  /// Another communicator of the same ranks. Collective; it lives until the process ends.
  func duplicate() throws(CommunicationError) -> any Communicator

  /// Ends the run on all ranks at once, for an error that the others do not know of. Of MPI's ranks the processes end,
  /// and one of them says the sentence; of the in-process twin every pending and later call throws.
  func abort(code: Int, because sentence: String)

  /// What this rank is doing and how long others wait for it.
  var supervision: Supervision { get }

  /// The operations called so far on this communicator.
  var history: OperationHistory { get }
}

extension Communicator {
  /// This rank's number among those of its machine.
  public var localRank: Int { hostNames[..<rank].count { $0 == hostNames[rank] } }

  /// Ranks on this rank's machine.
  public var localSize: Int { hostNames.count { $0 == hostNames[rank] } }
}
