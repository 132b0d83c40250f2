import Networks

/// A model of a graph as Keras sees it: its layers and nested models, in the order of their first calls, and those
/// calls.
struct ModelOutline {
  enum Content {
    /// The node of the first call.
    case layer(node: Int)
    case model(Int)
  }

  struct Entry {
    let name: String
    let content: Content
    fileprivate(set) var calls: [Call]
  }

  struct Call {
    /// The node, or the scope of a nested model.
    let position: Int
    let inputs: [Reference]
  }

  /// One output of one call of an entry.
  struct Reference: Hashable {
    let entry: Int
    let call: Int
    let tensor: Int
  }

  let name: String
  let isSequential: Bool
  /// The nested model; nil for the graph itself.
  let submodel: Int?
  let entries: [Entry]
  let inputs: [Reference]
  let outputs: [Reference]
  /// Positions of the entries in the order of Keras's `model.layers`, by which it counts off the layers of a file.
  let kerasOrder: [Int]
  /// Entries that lead to no output of the model: Keras leaves them out.
  let unreached: [String]

  /// The outlines of a graph and of the models inside it, by their positions; the graph's own is the last.
  static func all(of graph: Graph) -> [ModelOutline] {
    let places = CallPlaces(graph)
    return (graph.submodels.indices.map { Int?.some($0) } + [nil]).map { ModelOutline(graph, $0, places) }
  }

  private init(_ graph: Graph, _ submodel: Int?, _ places: CallPlaces) {
    self.submodel = submodel
    name = submodel.map { graph.submodels[$0].name } ?? graph.name
    isSequential = submodel.map { graph.submodels[$0].isSequential } ?? graph.isSequential
    // All calls of a model are alike; the first stands for it.
    let scope = submodel.map { wanted in graph.scopes.firstIndex { $0.submodel == wanted }! }
    var entries: [Entry] = []
    var positions: [CallPlaces.Key: Int] = [:]
    for item in places.items(in: scope) {
      let key = places.key(of: item)
      if positions[key] == nil {
        positions[key] = entries.count
        let content: Content =
          if case .node(let node) = item { .layer(node: node) } else { .model(places.submodel(of: item)) }
        entries.append(Entry(name: places.name(of: item), content: content, calls: []))
      }
      let inputs = places.inputs(of: item).map { value in
        let place = places.place(of: value, in: scope)
        return Reference(entry: positions[place.key]!, call: place.call, tensor: place.tensor)
      }
      entries[positions[key]!].calls.append(Call(position: item.position, inputs: inputs))
    }
    func reference(_ value: Graph.Value) -> Reference {
      let place = places.place(of: value, in: scope)
      return Reference(entry: positions[place.key]!, call: place.call, tensor: place.tensor)
    }
    self.entries = entries
    inputs = (scope.map { graph.scopes[$0].inputs } ?? graph.inputs).map(reference)
    outputs = (scope.map { graph.scopes[$0].outputs } ?? graph.outputs).map(reference)
    let order = isSequential ? nil : KerasOrder(entries, inputs: inputs, outputs: outputs)
    kerasOrder = order?.reached ?? Array(entries.indices)
    unreached = order?.unreached.map { entries[$0].name } ?? []
  }
}
