import Networks

/// Which nodes and which calls of nested models stand side by side in each call of a model, and which of their outputs
/// a value is there.
struct CallPlaces {
  /// An item of a scope: a node, or a whole call of a nested model.
  enum Item: Hashable {
    case node(Int)
    case scope(Int)

    var position: Int {
      switch self {
      case .node(let index), .scope(let index): index
      }
    }
  }

  /// The layer or nested model of which an item is a call: by its path.
  typealias Key = String

  struct Place {
    let key: Key
    let call: Int
    let tensor: Int
  }

  private let graph: Graph
  /// By scope; those of the graph itself last.
  private var items: [[Item]]
  /// For each node, which call of its layer it is in its scope.
  private var callNumbers: [Int] = []

  init(_ graph: Graph) {
    self.graph = graph
    items = Array(repeating: [], count: graph.scopes.count + 1)
    var isListed = Array(repeating: false, count: graph.scopes.count)
    var counts: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let counted = "\(node.role.scope ?? -1):\(node.owner)"
      callNumbers.append(counts[counted, default: 0])
      counts[counted, default: 0] += 1
      items[node.role.scope ?? graph.scopes.count].append(.node(index))
      // The calls around it stand where their first node stands.
      var scope = node.role.scope
      while let current = scope, !isListed[current] {
        isListed[current] = true
        items[graph.scopes[current].parent ?? graph.scopes.count].append(.scope(current))
        scope = graph.scopes[current].parent
      }
    }
  }

  func items(in scope: Int?) -> [Item] { items[scope ?? graph.scopes.count] }

  func key(of item: Item) -> Key {
    switch item {
    case .node(let node): graph.nodes[node].owner
    case .scope(let scope): graph.submodels[graph.scopes[scope].submodel].path
    }
  }

  func name(of item: Item) -> String {
    switch item {
    case .node(let node): graph.localName(of: graph.nodes[node])
    case .scope: graph.submodels[submodel(of: item)].name
    }
  }

  func submodel(of item: Item) -> Int {
    guard case .scope(let scope) = item else { preconditionFailure("a node is no model") }
    return graph.scopes[scope].submodel
  }

  /// What the item reads; the inputs of a model read nothing in it.
  func inputs(of item: Item) -> [Graph.Value] {
    switch item {
    case .node(let node): graph.nodes[node].layer is Input ? [] : graph.nodes[node].inputs
    case .scope(let scope): graph.scopes[scope].inputs.flatMap { graph.nodes[$0.node].inputs }
    }
  }

  /// What a value is called in a scope, inside or below which it lies.
  func place(of value: Graph.Value, in scope: Int?) -> Place {
    var current = graph.nodes[value.node].role.scope
    if current == scope {
      return Place(key: graph.nodes[value.node].owner, call: callNumbers[value.node], tensor: value.output)
    }
    while let index = current, graph.scopes[index].parent != scope { current = graph.scopes[index].parent }
    guard let current, let tensor = graph.scopes[current].outputs.firstIndex(of: value) else {
      preconditionFailure("a layer reads what the model around it does not give back")
    }
    return Place(key: key(of: .scope(current)), call: graph.scopes[current].call, tensor: tensor)
  }
}
