import Tensors

// The graph cut in two: what gives the same for an image in every step of training, and the rest.
extension Graph {
  /// The value behind the longest part of the graph that gives the same for the same sample in every step: nothing in
  /// it is trained, depends on the batch or draws at random, and nothing but this value leads out of it. Other inputs
  /// may lead past it. Nil where there is none behind an input.
  public var unchangingValue: Value? {
    let readers = consumers()
    let paths = outputs.map(ancestors)
    let isNeeded = nodes.indices.map { index in paths.contains { $0[index] } }
    let table = ParameterTable(self)
    var isUnchanging: [Bool] = []
    for node in nodes {
      isUnchanging.append(
        node.givesTheSame && table.entries(of: node).allSatisfy { $0.parameter.kind == .frozen }
          && node.inputs.allSatisfy { isUnchanging[$0.node] })
    }
    let candidates = nodes.indices.reversed().filter {
      isUnchanging[$0] && isNeeded[$0] && nodes[$0].signature.outputs.count == 1 && !(nodes[$0].layer is Input)
    }
    let values = candidates.map { Value(node: $0) }.filter { value in
      let isBefore = ancestors(of: value)
      let isLeaking = nodes.indices.contains { reader in
        isNeeded[reader] && !isBefore[reader] && nodes[reader].inputs.contains { isBefore[$0.node] && $0 != value }
      }
      // At inference a normalisation becomes a part of what lies before it, which must not be cut off.
      let isNormalized = (readers[value] ?? []).contains { nodes[$0].layer is BatchNormalization }
      return !isLeaking && !isNormalized && !outputs.contains { isBefore[$0.node] }
        && inputs.contains { isBefore[$0.node] }
    }
    let sizes = values.map { value in ancestors(of: value).count { $0 } }
    return values.indices.max { (sizes[$0], $1) < (sizes[$1], $0) }.map { values[$0] }
  }

  /// The longest part of a classifier that other classes could use as it is: the features with what is made of them
  /// without parameters, such as their mean. Nil where there is no classifier.
  public var featuresForOthers: Value? {
    guard let features, features != outputs[0] else { return nil }
    let isBackbone = ancestors(of: features)
    let backbone = Set(nodes.indices.filter { isBackbone[$0] }.map { nodes[$0].owner })
    return freezing { backbone.contains($0.owner) }
      .runningAtInference { _, node in backbone.contains(node.owner) }.unchangingValue
  }

  /// The inputs that a value depends on, by their positions.
  public func inputs(before value: Value) -> [Int] {
    let isBefore = ancestors(of: value)
    return inputs.indices.filter { isBefore[inputs[$0].node] }
  }

  /// The layers that make a value, as a graph whose only output it is, with the inputs that it depends on.
  public func prefix(upTo value: Value) -> Graph {
    var result = Graph(name: name)
    var places: [Value: Value] = [:]
    let isNeeded = ancestors(of: value)
    for index in nodes.indices where isNeeded[index] { result.take(index, of: self, &places) }
    result.setInputs(inputs.compactMap { places[$0] })
    result.setOutputs([places[value]!])
    return result
  }

  /// The layers that read a value, as a graph whose first input it is, before the inputs that it does not depend on.
  ///
  /// - Precondition: nothing else leads from the part before the value to the outputs (`unchangingValue`).
  public func suffix(from value: Value) -> Graph {
    var result = Graph(name: name)
    let input = result.mustAppend(Input(shape(value)), named: "\(nodes[value.node].name)/value", inputs: [])
    var places = [value: input]
    let isBefore = ancestors(of: value)
    let isNeeded = outputs.map(ancestors)
    for index in nodes.indices where !isBefore[index] && isNeeded.contains(where: { $0[index] }) {
      result.take(index, of: self, &places)
    }
    result.setInputs([input] + inputs.compactMap { isBefore[$0.node] ? nil : places[$0] })
    result.setOutputs(outputs.map { places[$0]! })
    return result
  }

  /// Appends a node of another graph.
  ///
  /// - Parameter places: what the values of that graph are called in this one.
  private mutating func take(_ index: Int, of graph: Graph, _ places: inout [Value: Value]) {
    let node = graph.nodes[index]
    let first = mustAppend(node.layer, named: node.name, inputs: node.inputs.map { places[$0]! }, role: node.role)
    for output in node.signature.outputs.indices {
      places[Value(node: index, output: output)] = Value(node: first.node, output: output)
    }
  }
}

extension Graph.Node {
  /// Whether in training the call gives the same for the same inputs, whatever the batch and the step.
  fileprivate var givesTheSame: Bool {
    // It adds to the loss of every step.
    if let layer = layer as? ActivityRegularization, layer.addsToLoss { return false }
    if role.isAtInference { return true }
    return layer is BatchNormalization ? role.isFrozen : !layer.dependsOnMode
  }
}
