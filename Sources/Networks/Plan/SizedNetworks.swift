public import Tensors

/// Networks of one model for images of any size: a plan for each shape and number of images, of which those that were
/// used last are kept. Few large images are cut into strips.
public final class SizedNetworks {
  private let graph: Graph
  private let weights: Weights
  private let most: Int
  /// The one that was used last is the last.
  private var entries: [Entry] = []

  private struct Entry {
    let input: Shape
    let network: Network
    /// How many images at once it is the best for; all of them where it does not cut them.
    var images: Set<Int>
  }

  /// - Parameters:
  ///   - graph: with one input, where images of other sizes are wanted.
  ///   - most: how many networks are kept.
  public init(_ graph: Graph, weights: Weights, most: Int = 4) {
    precondition(most > 0, "at least one network")
    (self.graph, self.weights, self.most) = (graph, weights, most)
  }

  /// Shapes of the networks that are kept, the one used last at the end.
  public var shapes: [Shape] { entries.map(\.input) }

  /// The network for images of a shape, at inference, ready to run.
  ///
  /// - Parameters:
  ///   - images: that run through it at once; at most `Layout.laneMultiple`.
  ///   - check: told the plan before its memory is taken.
  public func network(
    for input: Shape, images: Int = Layout.laneMultiple, check: (Plan) throws -> Void = { _ in }
  ) throws -> Network {
    precondition((1...Layout.laneMultiple).contains(images), "\(images) images for \(Layout.laneMultiple) lanes")
    if let index = entries.firstIndex(where: { $0.input == input && $0.images.contains(images) }) {
      entries.append(entries.remove(at: index))
    } else {
      let sized = try input == graph.inputShapes[0] ? graph : graph.resized(to: input)
      var planner = Planner()
      planner.images = images
      let plan = try planner.plan(sized, lanes: Layout.laneMultiple, mode: .inference)
      if let index = entries.firstIndex(where: { $0.input == input && $0.network.plan.strips == 1 && plan.strips == 1 })
      {
        entries.append(entries.remove(at: index))
        entries[entries.count - 1].images.insert(images)
      } else {
        if entries.count == most { entries.removeFirst() }
        try check(plan)
        let network = Network(plan, weights: Weights(ParameterTable(sized), sharing: weights))
        entries.append(Entry(input: input, network: network, images: [images]))
      }
    }
    let network = entries[entries.count - 1].network
    network.prepare()
    return network
  }
}
