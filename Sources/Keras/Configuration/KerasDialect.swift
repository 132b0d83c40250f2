public import Networks

/// In which version's style a configuration is written.
public enum KerasDialect: Sendable {
  /// Keras 2's, which Keras 3 reads as well, but for what only one of them can express.
  case keras2
  case keras3
}

extension Graph {
  /// The style in which the graph can be written: Keras 2's wherever both versions read it. Calls of models inside a
  /// functional model are counted differently, so that one file cannot suit both, and operations are others; Keras 3's
  /// style is written then, unless the model has what only Keras 2 has.
  public var kerasDialect: KerasDialect {
    let isInFunctional = submodels.contains { model in
      !(model.parent.map { submodels[$0].isSequential } ?? isSequential)
    }
    return isInFunctional && namesByKerasVersion[2] == nil || nodes.contains { $0.layer is Operation } ? .keras3 : .keras2
  }
}
