public import Tensors

extension Graph {
  /// The same layers, with the same parameters, for images of another size.
  ///
  /// Throws where a layer does not take them, or would need other parameters: behind a `Flatten`, for one.
  public func resized(to input: Shape) throws(ShapeError) -> Graph {
    precondition(inputs.count == 1, "one size for each input")
    let result = try rebuilt { index, inputs in
      nodes[index].layer is Input ? Input(inputs.first ?? input) : nodes[index].layer
    }
    for (node, new) in zip(nodes, result.nodes)
    where node.signature.parameters.map(\.shape) != new.signature.parameters.map(\.shape) {
      throw ShapeError(
        "layer '\(node.name)' (\(node.layer.kerasName)) has weights for images of \(inputShapes[0]) alone, and would "
          + "need others for \(input); resize the images.")
    }
    return result
  }

  /// Declares the models inside another graph's model, and their calls, which have no inputs and outputs yet.
  mutating func takeCalls(of other: Graph) {
    for submodel in other.submodels { _ = appendSubmodel(submodel) }
    for scope in other.scopes {
      _ = appendScope(
        Scope(submodel: scope.submodel, call: scope.call, parent: scope.parent, isAtInference: scope.isAtInference))
    }
  }

  /// - Parameter places: what values of the other graph are here.
  mutating func closeScopes(of other: Graph, _ places: [Value: Value]) {
    for (index, scope) in other.scopes.enumerated() {
      closeScope(index, inputs: scope.inputs.map { places[$0]! }, outputs: scope.outputs.map { places[$0]! })
    }
  }
}
