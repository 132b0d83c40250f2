import Tensors

/// A plan in the making: the planner's working state.
struct PlanDraft {
  let graph: Graph
  let lanes: Int
  let mode: Mode
  let wantsInputGradients: Bool
  /// Layers whose outputs are kept, and the nodes that give them.
  let keeping: [String: String]

  var lifetimes = Lifetimes()
  /// Tensor of each node's outputs, and of their gradients where something below is trained.
  private(set) var activations: [[Int]] = []
  private(set) var gradients: [[Int?]] = []
  /// Whether gradients flow into the outputs of a node.
  private(set) var isActive: [Bool] = []

  init(graph: Graph, lanes: Int, mode: Mode, wantsInputGradients: Bool, keeping: [String: String]) {
    (self.graph, self.lanes, self.mode) = (graph, lanes, mode)
    (self.wantsInputGradients, self.keeping) = (wantsInputGradients, keeping)
  }

  private var count: Int { graph.nodes.count }
  var lossTime: Int { count }
  func backwardTime(_ node: Int) -> Int { 2 * count - node }

  /// Makes the tensors and records who writes and reads them when.
  mutating func recordLifetimes() {
    for node in graph.nodes {
      isActive.append(
        mode == .training
          && (node.layer is Input
            ? wantsInputGradients
            : node.signature.parameters.contains { $0.kind == .trainable } || node.inputs.contains { isActive[$0.node] }))
      activations.append(node.signature.outputs.map { lifetimes.add(label: node.name, shape: $0) })
      let active = isActive.last!
      gradients.append(
        node.signature.outputs.map { active ? lifetimes.add(label: "\(node.name) gradient", shape: $0) : nil })
    }
    // The loss writes a gradient for every output, also where nobody below is trained.
    if mode == .training {
      for output in graph.outputs where gradient(output) == nil {
        let label = "\(graph.nodes[output.node].name) gradient"
        gradients[output.node][output.output] = lifetimes.add(label: label, shape: graph.shape(output))
      }
    }
    for (index, node) in graph.nodes.enumerated() { recordForward(of: node, at: index) }
    for (index, node) in graph.nodes.enumerated() where isActive[index] { recordBackward(of: node, at: index) }
    for output in graph.outputs {
      lifetimes.read(activation(output), at: mode == .training ? lossTime : .max)
      if let gradient = gradient(output) { lifetimes.write(gradient, at: lossTime) }
    }
    if wantsInputGradients {
      for input in graph.inputs { if let gradient = gradient(input) { lifetimes.read(gradient, at: .max) } }
    }
  }

  private mutating func recordForward(of node: Graph.Node, at index: Int) {
    for tensor in activations[index] {
      // Inputs are written by the caller, before the first step.
      lifetimes.write(tensor, at: node.layer is Input ? -1 : index)
      if keeping.values.contains(node.name) { lifetimes.read(tensor, at: .max) }
    }
    for input in node.inputs {
      lifetimes.read(activation(input), at: index)
      lifetimes.wantBorder(activation(input), node.signature.inputBorder)
    }
  }

  private mutating func recordBackward(of node: Graph.Node, at index: Int) {
    let time = backwardTime(index)
    if node.signature.backwardReads.contains(.inputs) {
      for input in node.inputs { lifetimes.read(activation(input), at: time) }
    }
    if node.signature.backwardReads.contains(.outputs) {
      for output in activations[index] { lifetimes.read(output, at: time) }
    }
    for gradient in gradients[index] {
      lifetimes.read(gradient!, at: time)
      lifetimes.wantBorder(gradient!, node.signature.outputGradientBorder)
    }
    for input in node.inputs { if let gradient = gradient(input) { lifetimes.write(gradient, at: time) } }
  }

  /// Joins tensors that are one memory by nature (views), or that can be because nobody needs the old contents.
  mutating func shareMemory() {
    for (index, node) in graph.nodes.enumerated() {
      guard let first = node.inputs.first else { continue }
      switch node.signature.forwardAliasing {
      case .view:
        for output in activations[index] { lifetimes.join(activation(first), output) }
      case .inPlace where lifetimes.isFree(activation(first), after: index):
        lifetimes.join(activation(first), activations[index][0])
      case .inPlace, .separate, .merged: break
      }
    }
    for (index, node) in graph.nodes.enumerated().reversed() where isActive[index] {
      guard let output = gradients[index].first ?? nil else { continue }
      let inputs = node.inputs.compactMap { gradient($0) }
      switch node.signature.backwardAliasing {
      case .view:
        for input in inputs { lifetimes.join(output, input) }
      case .inPlace where inputs.count >= 1 && gradient(node.inputs[0]) != nil && lifetimes.isFree(output, after: backwardTime(index)):
        lifetimes.join(output, gradient(node.inputs[0])!)
      case .merged where !inputs.isEmpty:
        for input in inputs.dropFirst() { lifetimes.join(inputs[0], input) }
        if lifetimes.isFree(output, after: backwardTime(index)) { lifetimes.join(output, inputs[0]) }
      case .inPlace, .separate, .merged: break
      }
    }
  }

  func activation(_ value: Graph.Value) -> Int { activations[value.node][value.output] }
  func gradient(_ value: Graph.Value) -> Int? { gradients[value.node][value.output] }
}
