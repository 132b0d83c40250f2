import Communication

extension Recipe {
  /// The reducer that was chosen. Collective.
  func makeReducer(
    tree: ShardTree, sums: [NodeSum], communicator: any Communicator
  ) throws(CommunicationError) -> any GradientReducer {
    let channels = try ReductionChannels(communicator, topology: exchange, precision: gradients)
    return switch reducer {
    case .overlapped: OverlappedReducer(tree: tree, sums: sums, channels: channels)
    case .threaded: ThreadedReducer(tree: tree, sums: sums, channels: channels)
    case .blocking: BlockingReducer(tree: tree, sums: sums, channels: channels)
    }
  }
}
