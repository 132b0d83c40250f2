/// The communicators of a tree reduction, one for each of its phases, so that several reductions can be under way.
///
/// Ranks must start the operations of a communicator in the same order. A phase starts when the one before it is
/// complete, which is a matter of timing; on a communicator of its own, it starts in the order of the reductions.
public struct ReductionChannels: Sendable {
  /// Of the exchanges from the first level to the last, and then of the gathers back.
  let phases: [any Communicator]
  let topology: ReductionTopology
  let precision: GradientPrecision

  /// Collective.
  public init(
    _ communicator: any Communicator, topology choice: ReductionTopology.Choice = .automatic,
    precision: GradientPrecision = .float32
  ) throws(CommunicationError) {
    try self.init(
      communicator, ReductionTopology(choice, rank: communicator.rank, hostNames: communicator.hostNames), precision)
  }

  /// Collective.
  package init(
    _ communicator: any Communicator, _ topology: ReductionTopology, _ precision: GradientPrecision
  ) throws(CommunicationError) {
    var phases: [any Communicator] = []
    for _ in 0..<2 * topology.groups.count { phases.append(try communicator.duplicate()) }
    (self.phases, self.topology, self.precision) = (phases, topology, precision)
  }

  public var rank: Int { phases[0].rank }
  public var size: Int { phases[0].size }
}
