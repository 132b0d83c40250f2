import Tensors

extension Graph {
  /// The part of the graph that some values depend on, with layers behind these values, which give the outputs. A name
  /// that is taken is counted up.
  ///
  ///     let longer = try graph.continued(from: [features]) { values in [Dense(10)(Flatten()(values[0]))] }
  ///
  /// - Parameters:
  ///   - values: of which the last depends on all others.
  ///   - layers: of symbols for the values, the symbols of the outputs.
  public func continued(
    from values: [Value], _ layers: (_ values: [Symbol]) -> [Symbol]
  ) throws(ShapeError) -> Graph {
    guard let last = values.last else { preconditionFailure("nothing to go on from") }
    var result = try ending(at: last)
    result.isSequential = false
    let starts = values.map { Symbol.input(shape($0)) }
    let ends = layers(starts)
    var names = LayerNames()
    var places: [ObjectIdentifier: Value] = [:]
    for (start, value) in zip(starts, values) {
      guard let node = result.index(named: nodes[value.node].name) else {
        preconditionFailure("'\(nodes[value.node].name)' does not lie before the last value")
      }
      places[ObjectIdentifier(start.call)] = Value(node: node, output: value.output)
    }
    for call in Graph.calls(behind: ends) where places[ObjectIdentifier(call)] == nil {
      guard case .layer(let layer) = call.content, !call.isInput else {
        preconditionFailure("a graph is continued by layers")
      }
      let name = result.free(names.next(for: layer, wanted: call.name))
      let inputs = call.inputs.map { places[ObjectIdentifier($0.call)]! }
      places[ObjectIdentifier(call)] = try result.append(layer, named: name, inputs: inputs)
    }
    result.setOutputs(ends.map { places[ObjectIdentifier($0.call)]! })
    return result
  }

  /// A name that no layer has: this one, or counted up.
  func free(_ name: String) -> String {
    var (free, count) = (name, 1)
    while index(named: free) != nil {
      free = "\(name)_\(count)"
      count += 1
    }
    return free
  }
}
