public import Networks

/// In which version's style a configuration is written.
public enum KerasDialect: Sendable {
  /// Keras 2's, which Keras 3 reads as well, but for what only one of them can express.
  case keras2
  case keras3
}

extension Graph {
  /// Whether some of its nodes are operations, which Keras 3 alone writes so.
  var hasOperations: Bool { nodes.contains { $0.layer is Operation } }

  /// The style in which the graph can be written: Keras 2's wherever both versions read it. Calls of models inside a
  /// functional model are counted differently, so that one file cannot suit both, and operations are others; Keras 3's
  /// style is written then, unless the model has what only Keras 2 has: some classes and functions, and names with "/".
  public var kerasDialect: KerasDialect {
    let isInFunctional = submodels.contains { model in
      !(model.parent.map { submodels[$0].isSequential } ?? isSequential)
    }
    if hasOperations { return .keras3 }
    let names = submodels.map(\.name) + nodes.map(localName)
    let isKeras2Only = namesByKerasVersion[2] != nil || names.contains { $0.utf8.contains(UInt8(ascii: "/")) }
    return isInFunctional && !isKeras2Only ? .keras3 : .keras2
  }
}
