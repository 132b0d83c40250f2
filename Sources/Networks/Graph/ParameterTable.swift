import Tensors

/// Where every parameter of a graph lies: trainable ones in one buffer in the order in which backward finishes them
/// (the last layer first), states and frozen ones in another, packed kernels in a third. It is the same for every plan
/// of a graph.
///
/// Gradients lie where the trainable parameters do, but for those that are kept as factors: their parameters come last.
///
/// A layer that is called several times has its parameters once, and packed kernels for each call.
public struct ParameterTable: Sendable {
  public struct Entry: Sendable {
    /// The layer's path in the graph (`Graph.Node.owner`).
    public let layer: String
    public let parameter: Parameter
    /// In the buffer of its kind.
    public let range: Range<Int>

    /// Whether there is a gradient at the place of the parameter.
    public var hasGradient: Bool { parameter.kind == .trainable && !parameter.isFactored }

    /// `conv2d/kernel`, as Keras names it; `block/conv/kernel` in a nested model.
    public var path: String { "\(layer)/\(parameter.name)" }
  }

  /// Parameters start at multiples of this many floats: a cache line.
  static let alignment = 16

  /// By layer, in the order of their first calls, then as the layer lists them.
  public let entries: [Entry]
  public let trainableCount: Int
  /// Floats of the gradients that are not kept as factors.
  public let gradientCount: Int
  /// So many gradients are final at the earliest when all factors are.
  public let factorsFinalAfter: Int
  public let stateCount: Int
  public let preparedCount: Int
  /// Bytes of parameters and packed kernels together.
  public var bytes: Int { [trainableCount + stateCount + preparedCount, MemoryLayout<Float>.stride].saturatedProduct }
  private let byLayer: [String: Range<Int>]
  private let prepared: [String: Range<Int>]

  public init(_ graph: Graph) {
    var (trainable, state, packed) = (0, 0, 0)
    var ranges: [String: [Range<Int>]] = [:]
    var prepared: [String: Range<Int>] = [:]
    func take(_ count: Int, from position: inout Int) -> Range<Int> {
      defer { position += (count + ParameterTable.alignment - 1) / ParameterTable.alignment * ParameterTable.alignment }
      return position..<position + count
    }
    var (factored, factorsFinalAfter): ([(layer: String, index: Int)], Int) = ([], 0)
    // Backward runs through a shared layer's calls from the last to the first, which makes its gradients final.
    for (index, node) in graph.nodes.enumerated().reversed() {
      if graph.isFirstCall(index) {
        let start = trainable
        let own = node.signature.parameters.enumerated().map { position, parameter in
          guard parameter.kind == .trainable else { return take(parameter.count, from: &state) }
          guard parameter.isFactored else { return take(parameter.count, from: &trainable) }
          factored.append((node.owner, position))
          return 0..<0
        }
        ranges[node.owner] = own
        if factored.last?.layer == node.owner {
          // Without a bias only the gradients of another layer tell that this one is done.
          factorsFinalAfter = trainable > start ? own.map(\.upperBound).max()! : start + 1
        }
      }
      prepared[node.name] = take(node.signature.prepared, from: &packed)
    }
    gradientCount = trainable
    self.factorsFinalAfter = factorsFinalAfter
    for (layer, index) in factored {
      let count = graph.nodes[graph.index(ofFirstCall: layer)!].signature.parameters[index].count
      ranges[layer]![index] = take(count, from: &trainable)
    }
    // A layer moves its states in training if any of its calls does.
    var moved: Set<String> = []
    for node in graph.nodes {
      for parameter in node.signature.parameters where parameter.isMovedByLayer {
        moved.insert("\(node.owner)/\(parameter.name)")
      }
    }
    var entries: [Entry] = []
    var byLayer: [String: Range<Int>] = [:]
    for (index, node) in graph.nodes.enumerated() where graph.isFirstCall(index) {
      let start = entries.count
      for (parameter, range) in zip(node.signature.parameters, ranges[node.owner]!) {
        var parameter = parameter
        if moved.contains("\(node.owner)/\(parameter.name)") { parameter.isMovedByLayer = true }
        entries.append(Entry(layer: node.owner, parameter: parameter, range: range))
      }
      byLayer[node.owner] = start..<entries.count
    }
    (self.entries, self.byLayer, self.prepared) = (entries, byLayer, prepared)
    (trainableCount, stateCount, preparedCount) = (trainable, state, packed)
  }

  /// The entries of one layer, in its order.
  public func entries(of node: Graph.Node) -> ArraySlice<Entry> { entries(ofLayer: node.owner) }

  /// The entries of the layer with that path, in its order; none for a layer that a pass has added.
  public func entries(ofLayer path: String) -> ArraySlice<Entry> { entries[byLayer[path] ?? 0..<0] }

  /// Where the packed parameters of a node lie.
  public func preparedRange(of node: Graph.Node) -> Range<Int> { prepared[node.name] ?? 0..<0 }
}
