extension Graph {
  /// The same graph with a `Split` behind every value that several layers read, so that each tensor has one reader and
  /// gradients are summed in one place. Layer names stay.
  func insertingSplits() -> Graph {
    let readers = consumers()
    var result = Graph(name: name, isSequential: isSequential)
    /// What an old value is called now, one entry per reader, in order.
    var replacement: [Value: [Value]] = [:]
    func rebuilt(_ body: () throws(ShapeError) -> Value) -> Value {
      do { return try body() } catch { preconditionFailure("a graph that fitted fits no more: \(error)") }
    }
    for (index, node) in nodes.enumerated() {
      let inputs = node.inputs.map { replacement[$0]!.count > 1 ? replacement[$0]!.removeFirst() : replacement[$0]![0] }
      let value = rebuilt { () throws(ShapeError) in try result.append(node.layer, named: node.name, inputs: inputs) }
      for output in node.signature.outputs.indices {
        let old = Value(node: index, output: output)
        let new = Value(node: value.node, output: output)
        let count = (readers[old]?.count ?? 0) + outputs.count { $0 == old }
        if count > 1 {
          let split = rebuilt { () throws(ShapeError) in
            try result.append(Split(ways: count), named: "\(node.name)/split\(output)", inputs: [new])
          }
          replacement[old] = (0..<count).map { Value(node: split.node, output: $0) }
        } else {
          replacement[old] = [new]
        }
      }
    }
    // Outputs come last, so that of a split value they get the last way.
    result.setInputs(inputs.map { Value(node: result.index(named: nodes[$0.node].name)!, output: $0.output) })
    result.setOutputs(outputs.map { replacement[$0]!.count > 1 ? replacement[$0]!.removeFirst() : replacement[$0]![0] })
    return result
  }

  /// The graph without the softmax at its end, for losses that take logits; nil where there is none.
  ///
  /// Softmax followed by cross-entropy is computed in one pass from the logits, which neither overflows nor rounds twice.
  /// Layers, names and parameters stay the same.
  public func removingFinalSoftmax() -> Graph? {
    guard outputs.count == 1, consumers()[outputs[0]] == nil else { return nil }
    let last = outputs[0].node
    guard let layer = (nodes[last].layer as? any SoftmaxEnding)?.withoutSoftmax else { return nil }
    return replacing(layer, at: last)
  }
}

/// A layer that may end in a softmax over the channels.
protocol SoftmaxEnding: Layer {
  /// What is left without it; nil where there is none.
  var withoutSoftmax: (any Layer)? { get }
}
