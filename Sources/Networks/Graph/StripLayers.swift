import Kernels
import Tensors

/// Which layers of a graph run on strips of images, as what, and on how many of them.
///
/// What it costs is counted in vectors of multiplications, as if every cell that a layer writes took some more, and
/// every cell that is moved into other strips yet more.
struct StripLayers {
  /// A layer on strips.
  struct Form {
    let layer: StripLayer
    let strips: Strips
  }

  private let graph: Graph
  /// Whole images.
  private let whole: Strips
  private let keeping: Set<String>
  private var forms: [Form?]

  /// The cost of writing a cell, of moving one, and of reading one in a loss, in multiplications.
  private static let cellCost = 16, moveCost = 32, lossCost = 64

  /// Each layer runs on as many strips as it can, of at most as many as are given, unless whole images are cheaper.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  init(_ graph: Graph, _ strips: Strips, keeping: Set<String>) {
    (self.graph, self.keeping, whole) = (graph, keeping, Strips(strips.axis, count: 1))
    forms = graph.nodes.map { node in
      guard !keeping.contains(node.name) else { return nil }
      for count in stride(from: strips.count, to: 1, by: -1) {
        if let form = StripLayers.form(of: node, in: graph, Strips(strips.axis, count: count)) { return form }
      }
      return nil
    }
    var lowest = cost
    for part in parts {
      let before = forms
      for node in part { forms[node] = nil }
      let cost = cost
      if cost <= lowest { lowest = cost } else { forms = before }
    }
  }

  subscript(node: Int) -> StripLayer? { forms[node]?.layer }

  /// The strips in which a value is computed.
  func strips(of value: Graph.Value) -> Strips { forms[value.node]?.strips ?? whole }

  /// The start of the image that a node shows of its input, where it need not run itself.
  func start(of node: Int) -> (rows: Int, columns: Int)? {
    guard forms[node] == nil, !keeping.contains(graph.nodes[node].name) else { return nil }
    return (graph.nodes[node].layer as? any Shifting)?.start
  }

  /// The form of a node on strips; nil where it needs whole images.
  private static func form(of node: Graph.Node, in graph: Graph, _ strips: Strips) -> Form? {
    let inputs = node.inputs.map(graph.shape)
    let parts = inputs.compactMap { strips.strip(of: $0) }
    guard !parts.isEmpty, parts.count == inputs.count else { return nil }
    if let loss = node.layer as? any LossLayer {
      return loss.isSumOfStrips(of: inputs[0]) ? Form(layer: StripLayer(layer: loss), strips: strips) : nil
    }
    guard let layer = node.layer as? any Cuttable, let cut = layer.cut(into: strips, inputs: inputs),
      let signature = try? cut.layer.signature(of: parts.map { strips.shape($0, with: cut.halo) }),
      signature.outputs == node.signature.outputs.compactMap({ strips.strip(of: $0) }),
      signature.parameters.map(\.shape) == node.signature.parameters.map(\.shape)
    else { return nil }
    return Form(layer: cut, strips: strips)
  }

  /// The cost of a shard of the graph. What metrics read does not count: they do not decide how a network is computed.
  var cost: Int {
    var cost = 0
    /// Ways in which each value is wanted.
    var wanted: [Graph.Value: Set<Strips>] = [:]
    for value in graph.outputs where !(graph.nodes[value.node].layer is any LossLayer) {
      wanted[value, default: []].insert(whole)
    }
    for (index, node) in graph.nodes.enumerated() {
      cost = cost.saturatedSum(StripLayers.cost(of: node, in: graph, as: forms[index]))
      guard start(of: index) == nil else { continue }
      for input in node.inputs { wanted[input, default: []].insert(forms[index]?.strips ?? whole) }
    }
    for (value, ways) in wanted {
      let isShifted = start(of: value.node) != nil
      let source = strips(of: isShifted ? graph.nodes[value.node].inputs[0] : value)
      for way in ways where isShifted || way != source {
        cost = cost.saturatedSum(graph.shape(value).count / min(way.count, source.count) * StripLayers.moveCost)
      }
    }
    return cost
  }

  /// The cost of a shard with whole images.
  static func cost(of graph: Graph) -> Int {
    graph.nodes.reduce(0) { $0.saturatedSum(cost(of: $1, in: graph, as: nil)) }
  }

  private static func cost(of node: Graph.Node, in graph: Graph, as form: Form?) -> Int {
    let signature = node.signature
    guard signature.forwardAliasing != .view else { return 0 }
    let count = form?.strips.count ?? 1
    guard !(node.layer is any LossLayer) else { return graph.shape(node.inputs[0]).count * lossCost / count }
    let whole = signature.outputs.reduce(signature.multiplications) { $0.saturatedSum($1.count * cellCost) }
    guard let form else { return whole }
    // Backward computes what lies around a strip too.
    let (length, halo) = (form.strips.length(of: signature.outputs[0]) / count, form.layer.halo)
    return whole / count / length * (length + (halo.before + halo.after + 1) / 2)
  }

  /// Layers on the same strips that are connected by values.
  private var parts: [[Int]] {
    var first = Array(forms.indices)
    func root(_ node: Int) -> Int { first[node] == node ? node : root(first[node]) }
    for (index, node) in graph.nodes.enumerated() {
      guard let strips = forms[index]?.strips else { continue }
      for input in node.inputs where forms[input.node]?.strips == strips {
        let (a, b) = (root(input.node), root(index))
        first[max(a, b)] = min(a, b)
      }
    }
    let roots = forms.indices.filter { forms[$0] != nil && first[$0] == $0 }
    return roots.map { start in forms.indices.filter { forms[$0] != nil && root($0) == start } }
  }
}
