import Kernels
import Tensors

/// The part of a classifier that is worth keeping for other classes.
extension Graph {
  /// The value that a classifier of other classes would take: what the network makes of an image before it is pooled or
  /// flattened to tell the classes apart. Dropout before the classifier belongs to the classifier. A model inside the
  /// model is kept whole, so that its output is taken where it pools the features itself. The output where there is no
  /// classifier.
  public var features: Value? {
    guard outputs.count == 1 else { return nil }
    /// Nodes without axes of space, from the output back.
    var flat: [Int] = []
    var value = outputs[0]
    while shape(value).rank == 1, nodes[value.node].inputs.count == 1 {
      flat.append(value.node)
      value = nodes[value.node].inputs[0]
    }
    guard let top = flat.first(where: hasParameters) else {
      // Features that are pooled, or the classes of a network that ends in a convolution.
      guard finalActivation == .softmax || finalActivation == .sigmoid else { return outputs[0] }
      while !hasParameters(value.node) {
        guard nodes[value.node].inputs.count == 1 else { return outputs[0] }
        value = nodes[value.node].inputs[0]
      }
      return outside(beforeDropout(nodes[value.node].inputs[0]), before: value)
    }
    // Without axes of space anywhere, the last layer alone is the classifier.
    let isFlat = nodes[value.node].layer is Input && shape(value).rank == 1
    return outside(beforeDropout(isFlat ? nodes[top].inputs[0] : value), before: Value(node: top))
  }

  /// The output of the outermost model inside the model that a value lies in the middle of; the value itself where
  /// there is none, or where that model also makes the classes.
  ///
  /// - Parameter classes: what makes the classes.
  private func outside(_ value: Value, before classes: Value) -> Value {
    let isBefore = ancestors(of: value)
    let isNeeded = ancestors(of: classes)
    let calls = scopePath(of: nodes[value.node]).reversed()
    let middle = calls.first { call in
      nodes.indices.contains { !isBefore[$0] && scopePath(of: nodes[$0]).contains(call) }
    }
    guard let middle, scopes[middle].outputs.count == 1 else { return value }
    let output = scopes[middle].outputs[0]
    return isNeeded[output.node] && output.node != classes.node ? output : value
  }

  /// The output of a layer, or of a model inside the model where it is called first; nil where nothing has the name.
  public func value(named name: String) -> Value? {
    if let index = index(named: name) { return Value(node: index) }
    let call = scopes.first { submodels[$0.submodel].path == name && $0.outputs.count == 1 }
    return call?.outputs[0]
  }

  /// The same graph up to a value, with other layers one behind the other from there on, the last of which gives the
  /// output.
  ///
  /// - Parameter layers: with the names that they are to have; a name that is taken is counted up.
  public func replacing(
    after value: Value, with layers: [(layer: any Layer, name: String)]
  ) throws(ShapeError) -> Graph {
    var result = try ending(at: value)
    for (layer, name) in layers {
      result.setOutputs([try result.append(layer, named: result.free(name), inputs: result.outputs)])
    }
    return result
  }

  /// For each node, whether a value depends on it.
  public func ancestors(of value: Value) -> [Bool] {
    var isAncestor = nodes.map { _ in false }
    isAncestor[value.node] = true
    for index in nodes.indices.reversed() where isAncestor[index] {
      for input in nodes[index].inputs { isAncestor[input.node] = true }
    }
    return isAncestor
  }

  /// For each node, whether it or something that it depends on is trained: whether gradients reach its output.
  public var hasTrainedAncestors: [Bool] {
    nodes.indices.reduce(into: []) { result, index in
      result.append(
        nodes[index].signature.parameters.contains { $0.kind == .trainable }
          || nodes[index].inputs.contains { result[$0.node] })
    }
  }

  /// For each node, how many layers with kernels lie on the longest way from its output to the outputs of the graph. A
  /// normalisation is as deep as the convolution before it, and parallel convolutions are equally deep.
  public var depths: [Int] {
    var depths = nodes.map { _ in 0 }
    for (index, node) in nodes.enumerated().reversed() {
      let below = depths[index] + (node.signature.parameters.contains { $0.shape.count > 1 } ? 1 : 0)
      for input in node.inputs { depths[input.node] = max(depths[input.node], below) }
    }
    return depths
  }

  /// For each node, in which stage of resolution it works, counted from 1; 0 for values without axes of space. A stage
  /// begins with the first layer with parameters whose output is at most two thirds as high as at the beginning of the
  /// stage before it: 1 to 5 in VGG and in ResNets, whose layers `block4_*` and `conv4_*` are stage 4.
  public var stages: [Int] {
    var heights: [Int] = []
    for index in nodes.indices where hasParameters(index) && shape(Value(node: index)).rank > 1 {
      let height = shape(Value(node: index)).dimensions[0]
      if heights.last.map({ 3 * height <= 2 * $0 }) ?? true { heights.append(height) }
    }
    return nodes.indices.map { index in
      let shape = shape(Value(node: index))
      guard shape.rank > 1 else { return 0 }
      return (heights.firstIndex { 3 * shape.dimensions[0] > 2 * $0 } ?? heights.count - 1) + 1
    }
  }

  private func hasParameters(_ index: Int) -> Bool { !nodes[index].signature.parameters.isEmpty }

  private func beforeDropout(_ value: Value) -> Value {
    var value = value
    while nodes[value.node].layer is Dropout { value = nodes[value.node].inputs[0] }
    return value
  }
}
