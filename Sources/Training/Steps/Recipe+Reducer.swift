import Communication
import Networks

extension Recipe {
  /// The reducer that was chosen. Collective.
  ///
  /// - Parameter gathering: of the gradients that are kept as factors, if there are any.
  func makeReducer(
    tree: ShardTree, sums: [NodeSum], _ gathering: ShardGathering?, _ table: ParameterTable,
    communicator: any Communicator
  ) throws(CommunicationError) -> any GradientReducer {
    let channels = try ReductionChannels(communicator, topology: exchange, precision: gradients)
    let chosen: any GradientReducer =
      switch reducer {
      case .overlapped: OverlappedReducer(tree: tree, sums: sums, channels: channels)
      case .threaded: ThreadedReducer(tree: tree, sums: sums, channels: channels)
      case .blocking: BlockingReducer(tree: tree, sums: sums, channels: channels)
      }
    guard let gathering else { return chosen }
    return GatheringReducer(chosen, gathering: gathering, completeAfter: table.factorsFinalAfter)
  }
}

extension FactorTable {
  /// Gathers the factors of all shards; nil where no gradient is kept as factors. Collective.
  func gathering(tree: ShardTree, communicator: any Communicator) throws(CommunicationError) -> ShardGathering? {
    count == 0 ? nil : try ShardGathering(tree: tree, count: count, communicator: communicator)
  }
}
