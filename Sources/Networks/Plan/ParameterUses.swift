/// Which nodes of a graph use the parameters of each layer: shared layers have several.
struct ParameterUses {
  private var nodes: [String: ClosedRange<Int>] = [:]
  private let owners: [String]

  init(_ graph: Graph) {
    owners = graph.nodes.map(\.owner)
    for (index, node) in graph.nodes.enumerated() where !node.signature.parameters.isEmpty {
      nodes[node.owner] = (nodes[node.owner]?.lowerBound ?? index)...index
    }
  }

  func contains(_ layer: String) -> Bool { nodes[layer] != nil }

  /// Whether no other node has the parameters of this one.
  func isUsedOnce(_ index: Int) -> Bool { nodes[owners[index]].map { $0.count == 1 && $0.lowerBound == index } ?? true }

  /// Backward runs from the last node to the first.
  func isFirstBackward(_ index: Int) -> Bool { nodes[owners[index]]?.upperBound == index }
  func isLastBackward(_ index: Int) -> Bool { nodes[owners[index]]?.lowerBound == index }
}
