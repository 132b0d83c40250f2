/// The communicators of a tree reduction: one for each of its two exchanges, so that several reductions can be under
/// way.
///
/// Ranks must start the operations of a communicator in the same order. A second exchange starts when its first is
/// complete, which is a matter of timing; on a communicator of their own, second exchanges start in the order of the
/// reductions.
public struct ReductionChannels: Sendable {
  let exchange: any Communicator
  let gather: any Communicator

  /// Collective.
  public init(_ communicator: any Communicator) throws(CommunicationError) {
    exchange = try communicator.duplicate()
    gather = try communicator.duplicate()
  }

  public var rank: Int { exchange.rank }
  public var size: Int { exchange.size }
}
