import Communication

extension Recipe.ReducerChoice {
  /// The reducer that was chosen. Collective.
  func make(
    tree: ShardTree, sums: [NodeSum], communicator: any Communicator
  ) throws(CommunicationError) -> any GradientReducer {
    switch self {
    case .overlapped: try OverlappedReducer(tree: tree, sums: sums, communicator: communicator)
    case .blocking: try BlockingReducer(tree: tree, sums: sums, communicator: communicator)
    }
  }
}
