extension Graph {
  /// The same graph with exactly those layers frozen for which `isFrozen` holds, all calls of a shared layer like its
  /// first one.
  ///
  /// Frozen parameters have no gradient and are not moved, and a frozen batch normalisation runs as at inference. The
  /// parameters have to be placed anew: weights made for the one graph do not fit the other.
  public func freezing(where isFrozen: (Node) -> Bool) -> Graph {
    var result = self
    var decided: [String: Bool] = [:]
    for (index, node) in nodes.enumerated() {
      let frozen = decided[node.owner] ?? isFrozen(node)
      decided[node.owner] = frozen
      guard frozen != node.role.isFrozen else { continue }
      var role = node.role
      role.isFrozen = frozen
      let fits = result.replace(node.layer, at: index, role: role)
      precondition(fits, "a layer fits its own place")
    }
    return result
  }

  /// The same graph with those calls of layers, besides those that are so already, as at inference in training too:
  /// moving statistics, nothing at random. Parameters stay what they are and are trained.
  public func runningAtInference(where isAtInference: (Int, Node) -> Bool) -> Graph {
    var result = self
    for (index, node) in nodes.enumerated() where !node.role.isAtInference && isAtInference(index, node) {
      var role = node.role
      role.isAtInference = true
      let fits = result.replace(node.layer, at: index, role: role)
      precondition(fits, "a layer fits its own place")
    }
    return result
  }

  /// Freezes layers, or all layers of nested models, by their paths: `block5_conv1`, `backbone`, `backbone/stem`.
  public func freezing(_ paths: [String]) throws(PlanError) -> Graph { try setting(paths, frozen: true) }

  /// Lets frozen layers, or those of nested models, be trained again.
  public func unfreezing(_ paths: [String]) throws(PlanError) -> Graph { try setting(paths, frozen: false) }

  /// Paths of the frozen layers that have parameters.
  public var frozenLayers: [String] {
    nodes.indices.filter { nodes[$0].role.isFrozen && isFirstCall($0) && !nodes[$0].signature.parameters.isEmpty }
      .map { nodes[$0].owner }
  }

  /// Whether anything can be trained.
  public var hasTrainableParameters: Bool {
    nodes.contains { $0.signature.parameters.contains { $0.kind == .trainable } }
  }

  private func setting(_ paths: [String], frozen: Bool) throws(PlanError) -> Graph {
    let layers = Set(nodes.map(\.owner))
    let models = Set(submodels.map(\.path))
    var prefixes: [String] = []
    for path in paths where !layers.contains(path) {
      guard models.contains(path) else {
        throw PlanError("there is no layer '\(path)' in '\(name)'; `convoy inspect` lists its layers.")
      }
      prefixes.append(path + "/")
    }
    let named = Set(paths)
    return freezing { node in
      named.contains(node.owner) || prefixes.contains(where: node.owner.hasPrefix) ? frozen : node.role.isFrozen
    }
  }
}
