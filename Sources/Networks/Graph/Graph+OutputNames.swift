extension Graph {
  /// Keras's names of the inputs: those of their layers.
  public var inputNames: [String] { inputs.map { nodes[$0.node].name } }

  /// What Keras calls the outputs: by the layers that give them, or the models of the model; counted where one gives
  /// several.
  public var outputNames: [String] {
    outputs.reduce(into: []) { names, output in
      let node = nodes[output.node]
      let own = scopePath(of: node).last.map { submodels[scopes[$0].submodel].name } ?? node.name
      let count = names.count { $0 == own || $0.hasPrefix("\(own)_") && Int($0.dropFirst(own.count + 1)) != nil }
      names.append(count == 0 ? own : "\(own)_\(count)")
    }
  }
}
