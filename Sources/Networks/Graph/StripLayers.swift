import Kernels
import Tensors

/// Which layers of a graph run on strips of images, and as what.
///
/// What it costs is counted in vectors of multiplications, as if every cell that a layer writes took some more, and
/// every cell that is cut or joined yet more.
struct StripLayers {
  private var layers: [StripLayer?]
  /// The cost of a shard of the graph, cut so.
  private(set) var cost = 0

  /// The cost of writing a cell, and of cutting or joining one, in multiplications.
  private static let cellCost = 16, copyCost = 32

  /// - Parameter keeping: layers whose own outputs are wanted.
  init(_ graph: Graph, _ strips: Strips, keeping: Set<String>) {
    layers = graph.nodes.map { node in
      keeping.contains(node.name) ? nil : StripLayers.layer(of: node, in: graph, strips)
    }
    let costs = graph.nodes.indices.map { StripLayers.costs(of: graph.nodes[$0], as: layers[$0], strips) }
    for part in parts(of: graph) {
      let saved = part.reduce(0) { $0 + costs[$1].whole - costs[$1].cut }
      let copies = copied(around: part, in: graph) * StripLayers.copyCost
      if saved <= copies { for node in part { layers[node] = nil } } else { cost += copies }
    }
    cost += layers.indices.reduce(0) { $0 + (layers[$1] == nil ? costs[$1].whole : costs[$1].cut) }
  }

  subscript(node: Int) -> StripLayer? { layers[node] }

  /// The cost of a shard with whole images.
  static func cost(of graph: Graph) -> Int {
    graph.nodes.reduce(0) { $0 + costs(of: $1, as: nil, Strips(.rows, count: 1)).whole }
  }

  /// The form of a node on strips; nil where it needs whole images.
  private static func layer(of node: Graph.Node, in graph: Graph, _ strips: Strips) -> StripLayer? {
    let inputs = node.inputs.map(graph.shape)
    let parts = inputs.compactMap { strips.strip(of: $0) }
    guard let layer = node.layer as? any Cuttable, !parts.isEmpty, parts.count == inputs.count,
      let cut = layer.cut(into: strips, inputs: inputs),
      let signature = try? cut.layer.signature(of: parts.map { strips.shape($0, with: cut.halo) }),
      signature.outputs == node.signature.outputs.compactMap({ strips.strip(of: $0) }),
      signature.parameters.map(\.shape) == node.signature.parameters.map(\.shape)
    else { return nil }
    return cut
  }

  private static func costs(of node: Graph.Node, as cut: StripLayer?, _ strips: Strips) -> (whole: Int, cut: Int) {
    let signature = node.signature
    guard signature.forwardAliasing != .view else { return (0, 0) }
    let whole = signature.outputs.reduce(signature.multiplications) { $0.saturatedSum($1.count * cellCost) }
    guard let cut else { return (whole, whole) }
    // Backward computes what lies around a strip too.
    let length = strips.length(of: signature.outputs[0]) / strips.count
    return (whole, whole / strips.count / length * (length + (cut.halo.before + cut.halo.after + 1) / 2))
  }

  /// Layers on strips that are connected by values.
  private func parts(of graph: Graph) -> [[Int]] {
    var first = Array(layers.indices)
    func root(_ node: Int) -> Int { first[node] == node ? node : root(first[node]) }
    for (index, node) in graph.nodes.enumerated() where layers[index] != nil {
      for input in node.inputs where layers[input.node] != nil {
        let (a, b) = (root(input.node), root(index))
        first[max(a, b)] = min(a, b)
      }
    }
    let roots = layers.indices.filter { layers[$0] != nil && first[$0] == $0 }
    return roots.map { start in layers.indices.filter { layers[$0] != nil && root($0) == start } }
  }

  /// Cells of the images that are cut in front of a part and joined behind it.
  private func copied(around part: [Int], in graph: Graph) -> Int {
    let inside = Set(part)
    var values = Set(part.flatMap { graph.nodes[$0].inputs }.filter { !inside.contains($0.node) })
    values.formUnion((graph.outputs + graph.predictions).filter { inside.contains($0.node) })
    for node in graph.nodes.indices where layers[node] == nil {
      values.formUnion(graph.nodes[node].inputs.filter { inside.contains($0.node) })
    }
    return values.reduce(0) { $0 + graph.shape($1).count }
  }
}

extension Strips {
  /// How the images of a shard are best cut for a graph; nil where that saves little, or the graph is small.
  ///
  /// It follows from shapes and the size of a shard alone: ranks and time do not decide what is computed.
  ///
  /// - Parameters:
  ///   - images: of a shard.
  ///   - keeping: layers whose own outputs are wanted.
  static func best(for graph: Graph, images: Int, keeping: Set<String>) -> Strips? {
    let most = Layout.laneMultiple / max(1, images)
    let whole = StripLayers.cost(of: graph)
    guard most >= 2, whole >= leastCost else { return nil }
    var best: (strips: Strips, cost: Int)?
    for axis in [Axis.rows, .columns] {
      for count in 2...most {
        let strips = Strips(axis, count: count)
        let cost = StripLayers(graph, strips, keeping: keeping).cost
        if cost < best?.cost ?? whole / 4 * 3 { best = (strips, cost) }
      }
    }
    return best?.strips
  }

  /// Graphs that cost less are not worth it: their images are so small that strips of them would be mostly edges.
  private static let leastCost = 1 << 27
}
