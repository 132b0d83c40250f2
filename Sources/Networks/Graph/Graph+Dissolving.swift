extension Graph {
  /// A graph in which models inside the model were dissolved, and what became of its parts.
  public struct Dissolved: Sendable {
    public let graph: Graph
    /// The value of the old graph.
    public let value: Value
    /// The old path of every layer by its new one.
    public let origins: [String: String]
  }

  /// The same graph without the models that a value lies in the middle of: their layers belong to the model around
  /// them. Nil where it lies in the middle of none, or where one of them, or something in it, is called more than once.
  public func dissolvingModels(around value: Value) -> Dissolved? {
    let isBefore = ancestors(of: value)
    let calls = nodes.map { scopePath(of: $0) }
    let cut = Set(
      calls[value.node].filter { call in nodes.indices.contains { !isBefore[$0] && calls[$0].contains(call) } })
    let models = Set(cut.map { scopes[$0].submodel })
    let isTouched = calls.map { !cut.isDisjoint(with: $0) }
    guard !cut.isEmpty, models.allSatisfy({ model in scopes.count { $0.submodel == model } == 1 }),
      nodes.indices.allSatisfy({ !isTouched[$0] || nodes[$0].name == nodes[$0].owner && isFirstCall($0) })
    else { return nil }
    let paths = DissolvedPaths(self, without: models)
    var result = Graph(name: name)
    (result.channelsFirstInputs, result.channelsFirstOutputs) = (channelsFirstInputs, channelsFirstOutputs)
    var (newModels, newScopes): ([Int: Int], [Int: Int]) = ([:], [:])
    for (index, submodel) in submodels.enumerated() where !models.contains(index) {
      newModels[index] = result.appendSubmodel(
        Submodel(
          name: paths.name(ofModel: index), path: paths.path(ofModel: index), isSequential: submodel.isSequential,
          parent: submodel.parent.flatMap { newModels[outside($0, of: models) ?? -1] }))
    }
    for (index, scope) in scopes.enumerated() where !cut.contains(index) {
      newScopes[index] = result.appendScope(
        Scope(
          submodel: newModels[scope.submodel]!, call: scope.call,
          parent: scope.parent.flatMap { newScopes[kept($0, cut) ?? -1] }, isAtInference: scope.isAtInference))
    }
    var places: [Value: Value] = [:]
    var origins: [String: String] = [:]
    for (index, node) in nodes.enumerated() {
      if let scope = node.role.scope, cut.contains(scope), node.layer is Input {
        // What a model takes is what it is given.
        places[Value(node: index)] = places[node.inputs[0]]!
        continue
      }
      var role = node.role
      role.owner = paths.path(of: node)
      role.scope = role.scope.flatMap { newScopes[kept($0, cut) ?? -1] }
      origins[role.owner] = node.owner
      let name = isTouched[index] ? role.owner : node.name
      let first = result.mustAppend(node.layer, named: name, inputs: node.inputs.map { places[$0]! }, role: role)
      for output in node.signature.outputs.indices {
        places[Value(node: index, output: output)] = Value(node: first.node, output: output)
      }
    }
    for (index, place) in newScopes {
      let scope = scopes[index]
      result.closeScope(place, inputs: scope.inputs.map { places[$0]! }, outputs: scope.outputs.map { places[$0]! })
    }
    result.setInputs(inputs.map { places[$0]! })
    result.setOutputs(outputs.map { places[$0]! })
    return Dissolved(graph: result, value: places[value]!, origins: origins)
  }

  /// The innermost model that is not dissolved, of one and those around it; nil for the graph itself.
  private func outside(_ model: Int, of dissolved: Set<Int>) -> Int? {
    dissolved.contains(model) ? submodels[model].parent.flatMap { outside($0, of: dissolved) } : model
  }

  /// The same for calls of models.
  private func kept(_ scope: Int, _ cut: Set<Int>) -> Int? {
    cut.contains(scope) ? scopes[scope].parent.flatMap { kept($0, cut) } : scope
  }
}

/// The paths of layers and models where some models around them are dissolved. A name that is taken is counted up.
private struct DissolvedPaths {
  private let graph: Graph
  /// Of each model; of a dissolved one that of the model around it.
  private var models: [String] = []
  private var names: [String] = []
  private var layers: [String: String] = [:]
  private var taken: Set<String>

  init(_ graph: Graph, without dissolved: Set<Int>) {
    self.graph = graph
    let gone = dissolved.map { graph.submodels[$0].path + "/" }
    func stays(_ path: String) -> Bool { !gone.contains { path.hasPrefix($0) } }
    taken = Set(graph.nodes.map(\.owner).filter(stays) + graph.submodels.map(\.path).filter(stays))
    for index in dissolved { taken.remove(graph.submodels[index].path) }
    for (index, submodel) in graph.submodels.enumerated() {
      let around = submodel.parent.map { models[$0] } ?? ""
      let path = dissolved.contains(index) ? around : stays(submodel.path) ? submodel.path : free(around, submodel.name)
      models.append(path)
      names.append(path.split(separator: "/").last.map(String.init) ?? "")
    }
    for node in graph.nodes where layers[node.owner] == nil {
      let around = graph.submodel(of: node).map { models[$0] } ?? ""
      layers[node.owner] = stays(node.owner) ? node.owner : free(around, graph.localName(of: node))
    }
  }

  private mutating func free(_ around: String, _ name: String) -> String {
    let path = around.isEmpty ? name : "\(around)/\(name)"
    var (free, count) = (path, 1)
    while !taken.insert(free).inserted {
      free = "\(path)_\(count)"
      count += 1
    }
    return free
  }

  func path(ofModel index: Int) -> String { models[index] }
  func name(ofModel index: Int) -> String { names[index] }
  func path(of node: Graph.Node) -> String { layers[node.owner]! }
}
