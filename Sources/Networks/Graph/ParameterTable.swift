/// Where every parameter of a graph lies: trainable ones in one buffer in the order in which backward finishes them (the last
/// layer first), states in another, packed kernels in a third. It is the same for every plan of a graph.
public struct ParameterTable: Sendable {
  public struct Entry: Sendable {
    public let layer: String
    public let parameter: Parameter
    /// In the buffer of its kind.
    public let range: Range<Int>

    /// `conv2d/kernel`, as Keras names it.
    public var path: String { "\(layer)/\(parameter.name)" }
  }

  /// Parameters start at multiples of this many floats: a cache line.
  static let alignment = 16

  /// In Keras's order: by layer, then as the layer lists them.
  public let entries: [Entry]
  public let trainableCount: Int
  public let stateCount: Int
  public let preparedCount: Int
  private let first: [String: Int]
  private let prepared: [String: Range<Int>]

  public init(_ graph: Graph) {
    var (trainable, state, packed) = (0, 0, 0)
    var byLayer: [String: [Entry]] = [:]
    var prepared: [String: Range<Int>] = [:]
    func take(_ count: Int, from position: inout Int) -> Range<Int> {
      defer { position += (count + ParameterTable.alignment - 1) / ParameterTable.alignment * ParameterTable.alignment }
      return position..<position + count
    }
    for node in graph.nodes.reversed() {
      byLayer[node.name] = node.signature.parameters.map { parameter in
        Entry(
          layer: node.name, parameter: parameter,
          range: parameter.kind == .trainable
            ? take(parameter.count, from: &trainable) : take(parameter.count, from: &state))
      }
      prepared[node.name] = take(node.signature.prepared, from: &packed)
    }
    var entries: [Entry] = []
    var first: [String: Int] = [:]
    for node in graph.nodes {
      first[node.name] = entries.count
      entries += byLayer[node.name]!
    }
    (self.entries, self.first, self.prepared) = (entries, first, prepared)
    (trainableCount, stateCount, preparedCount) = (trainable, state, packed)
  }

  /// The entries of one layer, in its order.
  public func entries(of node: Graph.Node) -> ArraySlice<Entry> {
    // A layer that the table does not know was added by a pass, and has no parameters.
    let start = first[node.name] ?? 0
    return entries[start..<start + node.signature.parameters.count]
  }

  /// Where the packed parameters of a layer lie.
  public func preparedRange(of node: Graph.Node) -> Range<Int> { prepared[node.name] ?? 0..<0 }
}
