/// Where every parameter of a graph lies: trainable ones in one buffer in the order in which backward finishes them (the last
/// layer first), states and frozen ones in another, packed kernels in a third. It is the same for every plan of a graph.
///
/// A layer that is called several times has its parameters once, and packed kernels for each call.
public struct ParameterTable: Sendable {
  public struct Entry: Sendable {
    /// The layer's path in the graph (`Graph.Node.owner`).
    public let layer: String
    public let parameter: Parameter
    /// In the buffer of its kind.
    public let range: Range<Int>

    /// `conv2d/kernel`, as Keras names it; `block/conv/kernel` in a nested model.
    public var path: String { "\(layer)/\(parameter.name)" }
  }

  /// Parameters start at multiples of this many floats: a cache line.
  static let alignment = 16

  /// By layer, in the order of their first calls, then as the layer lists them.
  public let entries: [Entry]
  public let trainableCount: Int
  public let stateCount: Int
  public let preparedCount: Int
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
    // Backward runs through a shared layer's calls from the last to the first, which makes its gradients final.
    for (index, node) in graph.nodes.enumerated().reversed() {
      if graph.isFirstCall(index) {
        ranges[node.owner] = node.signature.parameters.map { parameter in
          parameter.kind == .trainable ? take(parameter.count, from: &trainable) : take(parameter.count, from: &state)
        }
      }
      prepared[node.name] = take(node.signature.prepared, from: &packed)
    }
    var entries: [Entry] = []
    var byLayer: [String: Range<Int>] = [:]
    for (index, node) in graph.nodes.enumerated() where graph.isFirstCall(index) {
      let start = entries.count
      for (parameter, range) in zip(node.signature.parameters, ranges[node.owner]!) {
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
