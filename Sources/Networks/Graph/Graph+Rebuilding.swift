import Kernels
public import Tensors

extension Graph {
  /// The same calls of other layers, with the shapes that follow.
  ///
  /// - Parameter layer: for a node and the shapes of its inputs.
  func rebuilt(
    _ layer: (_ index: Int, _ inputs: [Shape]) throws(ShapeError) -> any Layer
  ) throws(ShapeError) -> Graph {
    var result = Graph(name: name, isSequential: isSequential)
    result.takeCalls(of: self)
    result.channelsFirstInputs = channelsFirstInputs
    result.channelsFirstOutputs = channelsFirstOutputs
    result.originalTensors = originalTensors
    result.writtenClassNames = writtenClassNames
    result.foreignSettings = foreignSettings
    result.hasOpenSizes = hasOpenSizes
    var places: [Value: Value] = [:]
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { places[$0]! }
      let new = try layer(index, inputs.map(result.shape))
      let first = try result.append(new, named: node.name, inputs: inputs, role: node.role)
      for output in node.signature.outputs.indices {
        places[Value(node: index, output: output)] = Value(node: first.node, output: output)
      }
    }
    result.closeScopes(of: self, places)
    result.setInputs(inputs.map { places[$0]! })
    result.setOutputs(outputs.map { places[$0]! })
    return result
  }

  /// The same graph with other layers in some places: in all calls of those whose first calls are given.
  public func replacing(_ layers: [String: any Layer]) throws(ShapeError) -> Graph {
    try rebuilt { index, inputs in layers[nodes[index].owner] ?? nodes[index].layer.taking(inputs) }
  }

  /// The same graph for texts of other lengths.
  ///
  /// - Parameter capacities: the most bytes of a text of each input; nil leaves an input as it is.
  public func holdingTexts(of capacities: [Int?]) -> Graph {
    let places = Dictionary(uniqueKeysWithValues: zip(inputs.map(\.node), capacities))
    let isSame = zip(inputs, capacities).allSatisfy { value, capacity in
      capacity == nil || keyForm(value) != .text || shape(value).channels == capacity
    }
    if isSame { return self }
    do {
      return try rebuilt { index, inputs in
        guard let input = nodes[index].layer as? Input, input.form == .text, inputs.isEmpty,
          let capacity = places[index] ?? nil
        else { return nodes[index].layer.taking(inputs) }
        return Input(input.kerasShape, .text, capacity: capacity)
      }
    } catch {
      preconditionFailure("the lengths of texts change no other shape: \(error)")
    }
  }
}

extension Layer {
  /// The Input of a nested model takes what its model is called with; all others stay.
  fileprivate func taking(_ inputs: [Shape]) -> any Layer {
    guard let input = self as? Input, let shape = inputs.first else { return self }
    return input.form == .number
      ? Input(shape) : Input(input.form.keys(of: shape), input.form, capacity: shape.channels)
  }
}
