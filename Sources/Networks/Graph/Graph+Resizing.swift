public import Tensors

extension Graph {
  /// The same layers, with the same parameters, for images of another size.
  ///
  /// Throws where a layer does not take them, or would need other parameters: behind a `Flatten`, for one.
  public func resized(to input: Shape) throws(ShapeError) -> Graph {
    precondition(inputs.count == 1, "one size for each input")
    var result = Graph(name: name, isSequential: isSequential)
    result.takeCalls(of: self)
    result.channelsFirstInputs = channelsFirstInputs
    result.channelsFirstOutputs = channelsFirstOutputs
    result.originalTensors = originalTensors
    result.hasOpenSizes = hasOpenSizes
    var places: [Value: Value] = [:]
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { places[$0]! }
      let layer: any Layer =
        node.layer is Input ? Input(inputs.first.map { result.shape($0) } ?? input) : node.layer
      let first = try result.append(layer, named: node.name, inputs: inputs, role: node.role)
      let parameters = result.nodes[first.node].signature.parameters
      guard parameters.map(\.shape) == node.signature.parameters.map(\.shape) else {
        throw ShapeError(
          "layer '\(node.name)' (\(node.layer.kerasName)) has weights for images of \(inputShapes[0]) alone, and would "
            + "need others for \(input); resize the images.")
      }
      for output in node.signature.outputs.indices {
        places[Value(node: index, output: output)] = Value(node: first.node, output: output)
      }
    }
    result.closeScopes(of: self, places)
    result.setOutputs(outputs.map { places[$0]! })
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
