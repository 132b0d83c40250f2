public import Kernels
import Tensors

extension Graph {
  /// The same graph with a `Split` behind every value that several layers read, so that each tensor has one reader and
  /// gradients are summed in one place. Layers that lead to no output send no gradient back, and read past it.
  func insertingSplits() -> Graph {
    let leads = leadsToOutput
    let readers = consumers().mapValues { $0.filter { leads[$0] } }
    var result = Graph(name: name, isSequential: isSequential)
    /// What a value is called in the result: one entry per reader, in order.
    var ways: [Value: [Value]] = [:]
    func take(_ value: Value) -> Value { ways[value]!.count > 1 ? ways[value]!.removeFirst() : ways[value]![0] }
    func original(_ value: Value) -> Value {
      Value(node: result.index(named: nodes[value.node].name)!, output: value.output)
    }
    for (index, node) in nodes.enumerated() {
      let new = result.mustAppend(node.layer, like: node, inputs: node.inputs.map(leads[index] ? take : original))
      for output in node.signature.outputs.indices {
        let old = Value(node: index, output: output)
        let value = Value(node: new.node, output: output)
        let count = (readers[old]?.count ?? 0) + outputs.count { $0 == old }
        guard count > 1 else {
          ways[old] = [value]
          continue
        }
        let split = result.mustAppend(Split(ways: count), named: "\(node.name)/split\(output)", inputs: [value])
        ways[old] = (0..<count).map { Value(node: split.node, output: $0) }
      }
    }
    result.setInputs(inputs.map(original))
    result.setOutputs(outputs.map(take))
    result.predictions = predictions.map(original)
    return result
  }

  /// For each node, whether an output depends on it; what only metrics read leads to none.
  var leadsToOutput: [Bool] {
    var leads = Array(repeating: false, count: nodes.count)
    for value in outputs { leads[value.node] = true }
    for (index, node) in nodes.enumerated().reversed() where leads[index] {
      for input in node.inputs { leads[input.node] = true }
    }
    return leads
  }

  /// The graph as it runs: without what leads to no output, layers as the mode and freezing want them, inputs of nested
  /// models dissolved, and activations of layers as nodes of their own (`NAME/activation`), so that they may work in
  /// place.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  func runnable(mode: Mode, keeping: Set<String>) -> Graph {
    let isNeeded = neededNodes(keeping: keeping)
    var result = Graph(name: name, isSequential: isSequential)
    var values: [Value: Value] = [:]
    for (index, node) in nodes.enumerated() where isNeeded[index] {
      let inputs = node.inputs.map { values[$0]! }
      if node.layer is Input, let input = inputs.first, !keeping.contains(node.name) {
        values[Value(node: index)] = input
        continue
      }
      var layer = node.layer is Input && !inputs.isEmpty ? Activation(.linear) : runningLayer(of: node)
      if mode == .training { layer = Graph.trainingLayer(layer, node.role) }
      let ending = layer is Activation ? nil : layer as? any ActivationEnding
      var new = result.mustAppend(ending?.linear ?? layer, like: node, inputs: inputs)
      if let activation = ending?.activation, activation != .linear {
        new = result.mustAppend(Activation(activation), named: Graph.activationName(node.name), inputs: [new])
      }
      for output in node.signature.outputs.indices {
        values[Value(node: index, output: output)] = Value(node: new.node, output: output)
      }
    }
    result.setInputs(inputs.map { values[$0]! })
    result.setOutputs(outputs.map { values[$0]! })
    result.predictions = predictions.map { values[$0]! }
    return result
  }

  /// Whether a value is given to the caller.
  func isWanted(_ value: Value) -> Bool { outputs.contains(value) || predictions.contains(value) }

  /// The layer that does the work of a node: that of an operation is another one.
  func runningLayer(of node: Node) -> any Layer {
    guard let operation = node.layer as? Operation else { return node.layer }
    do {
      return try operation.layer(for: node.inputs.map(shape))
    } catch {
      preconditionFailure("an operation that fitted fits no more: \(error)")
    }
  }

  /// For each node, whether an output or a kept layer depends on it; inputs always are needed.
  private func neededNodes(keeping: Set<String>) -> [Bool] {
    var isNeeded = nodes.map { ($0.layer is Input && $0.inputs.isEmpty) || keeping.contains($0.name) }
    for value in outputs + predictions { isNeeded[value.node] = true }
    for (index, node) in nodes.enumerated().reversed() where isNeeded[index] {
      for input in node.inputs { isNeeded[input.node] = true }
    }
    return isNeeded
  }

  /// The same graph with zero padding joined with what alone reads it; what was absorbed stays as an identity.
  ///
  /// - Parameter keeping: layers whose own outputs are wanted.
  func absorbingPadding(keeping: Set<String>) -> Graph {
    let readers = consumers()
    func joined(_ node: Node) -> (any Layer)? {
      guard node.inputs.count == 1, let layer = node.layer as? any PaddingAbsorbing else { return nil }
      let before = nodes[node.inputs[0].node]
      guard let padding = before.layer as? any PaddingLayer, readers[node.inputs[0]]?.count == 1,
        !isWanted(node.inputs[0]), !keeping.contains(before.name)
      else { return nil }
      return layer.absorbing(
        padding.margins, isRectified: ActivationFunction.isRectifier(nodes[before.inputs[0].node].layer))
    }
    var layers = nodes.map(\.layer)
    for (index, node) in nodes.enumerated() {
      guard let layer = joined(node) else { continue }
      layers[index] = layer
      layers[node.inputs[0].node] = Activation(.linear)
    }
    return replacing(layers)
  }

  /// The same nodes with other layers, whose outputs may have other shapes where those that read them expect that.
  func replacing(_ layers: [any Layer]) -> Graph {
    var result = Graph(name: name, isSequential: isSequential)
    for (node, layer) in zip(nodes, layers) { _ = result.mustAppend(layer, like: node, inputs: node.inputs) }
    result.setInputs(inputs)
    result.setOutputs(outputs)
    result.predictions = predictions
    return result
  }

  static func activationName(_ layer: String) -> String { "\(layer)/activation" }

  /// The same graph with the algorithms from which each convolution's shape chooses; where none of them computes it,
  /// all others are allowed.
  public func choosing(among algorithms: Set<ConvolutionAlgorithm>) -> Graph {
    var result = self
    for (index, node) in nodes.enumerated() {
      guard var layer = node.layer as? any ConvolutionLayer else { continue }
      layer.algorithms = algorithms
      result.mustReplace(layer, at: index)
    }
    return result
  }

  /// The same graph with long sums of dense layers in blocks, which round less.
  public var summingInBlocks: Graph {
    var result = self
    for (index, node) in nodes.enumerated() {
      guard var layer = node.layer as? Dense else { continue }
      layer.isBlocked = true
      result.mustReplace(layer, at: index)
    }
    return result
  }

  /// Appends a layer that fitted before and must fit again.
  mutating func mustAppend(
    _ layer: any Layer, named name: String, inputs: [Value], role: Role? = nil
  ) -> Value {
    do {
      return try append(layer, named: name, inputs: inputs, role: role)
    } catch {
      preconditionFailure("a graph that fitted fits no more: \(error)")
    }
  }

  /// Appends what stands for a node of another graph.
  mutating func mustAppend(_ layer: any Layer, like node: Node, inputs: [Value]) -> Value {
    mustAppend(layer, named: node.name, inputs: inputs, role: node.role)
  }

  mutating func mustReplace(_ layer: any Layer, at index: Int) {
    let fits = replace(layer, at: index)
    precondition(fits, "a layer that fitted fits no more")
  }
}
