public import Tensors

/// Networks of one model for images of any size: a plan for each shape, of which those that were used last are kept.
public final class SizedNetworks {
  private let graph: Graph
  private let weights: Weights
  private let lanes: Int
  private let most: Int
  /// The one that was used last is the last.
  private var networks: [(input: Shape, network: Network)] = []

  /// - Parameters:
  ///   - graph: with one input.
  ///   - most: how many networks are kept.
  public init(_ graph: Graph, weights: Weights, lanes: Int = Layout.laneMultiple, most: Int = 4) {
    precondition(most > 0, "at least one network")
    (self.graph, self.weights, self.lanes, self.most) = (graph, weights, lanes, most)
  }

  /// Shapes of the networks that are kept, the one used last at the end.
  public var shapes: [Shape] { networks.map(\.input) }

  /// The network for images of a shape, at inference, ready to run.
  ///
  /// - Parameter check: told the plan before its memory is taken.
  public func network(for input: Shape, check: (Plan) throws -> Void = { _ in }) throws -> Network {
    if let index = networks.firstIndex(where: { $0.input == input }) {
      networks.append(networks.remove(at: index))
    } else {
      let sized = try input == graph.inputShapes[0] ? graph : graph.resized(to: input)
      let plan = try Planner().plan(sized, lanes: lanes, mode: .inference)
      if networks.count == most { networks.removeFirst() }
      try check(plan)
      networks.append((input, Network(plan, weights: Weights(ParameterTable(sized), sharing: weights))))
    }
    let network = networks[networks.count - 1].network
    network.prepare()
    return network
  }
}
