import Tensors

/// A plan in the making: the planner's working state.
struct PlanDraft {
  let graph: Graph
  let lanes: Int
  let mode: Mode
  let wantsInputGradients: Bool
  /// Layers whose outputs are kept, and the nodes that give them.
  let keeping: [String: String]
  /// Whether gradients flow into the outputs of a node.
  let isActive: [Bool]
  let schedule: Schedule
  /// The borders that the nodes' outputs and their gradients must have; nil where they follow from their readers. Sums
  /// over rows run in another order than sums over planes, so that plans that are to give the same bits must have the
  /// same borders.
  let borders: Borders?
  /// How many turns before or after a concatenation its parts may be needed to lie in it; nil for any number. A part
  /// that lives for long keeps the memory of all of them.
  let reach: Int?

  /// By node and output.
  struct Borders {
    let activations: [[Border]]
    let gradients: [[Border]]
  }

  var lifetimes = Lifetimes()
  /// Tensor of each node's outputs, and of their gradients where something below is trained.
  private(set) var activations: [[Int]] = []
  private(set) var gradients: [[Int?]] = []
  /// The tensor of what a node computes again.
  private var repeated: [Int: Int] = [:]
  /// What happens in a step, in order of time.
  var turns: [Turn] = []

  /// - Parameters:
  ///   - recomputation: nil keeps everything.
  ///   - borders: by node and output; nil leaves them to the readers.
  init(
    graph: Graph, lanes: Int, mode: Mode, wantsInputGradients: Bool, keeping: [String: String], isActive: [Bool],
    recomputation: Recomputation? = nil, borders: Borders? = nil, reach: Int? = nil
  ) {
    (self.graph, self.lanes, self.mode) = (graph, lanes, mode)
    (self.wantsInputGradients, self.keeping, self.isActive) = (wantsInputGradients, keeping, isActive)
    (self.borders, self.reach) = (borders, reach)
    schedule = Schedule(
      nodes: graph.nodes.count, runsBefore: recomputation?.runsBefore ?? Array(repeating: [], count: graph.nodes.count))
  }

  func backwardTime(_ node: Int) -> Int { schedule.backward[node] }

  /// Makes the tensors and records who writes and reads them when.
  mutating func recordLifetimes() {
    for (index, node) in graph.nodes.enumerated() {
      activations.append(node.signature.outputs.map { lifetimes.add(label: node.name, shape: $0) })
      let active = isActive[index]
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
    for node in schedule.again.keys.sorted() {
      repeated[node] = lifetimes.add(label: "\(graph.nodes[node].name) again", shape: graph.shape(.init(node: node)))
    }
    for (index, node) in graph.nodes.enumerated() { recordForward(of: node, at: index) }
    for (index, time) in schedule.again { recordAgain(graph.nodes[index], repeated[index]!, at: time) }
    for (index, node) in graph.nodes.enumerated() where isActive[index] { recordBackward(of: node, at: index) }
    if let borders {
      for (tensors, borders) in zip(activations, borders.activations) {
        zip(tensors, borders).forEach { lifetimes.wantSpace($0, $1) }
      }
      for (tensors, borders) in zip(gradients, borders.gradients) {
        zip(tensors, borders).forEach { if let tensor = $0 { lifetimes.wantSpace(tensor, $1) } }
      }
      for (node, tensor) in repeated { lifetimes.wantSpace(tensor, borders.activations[node][0]) }
    }
    for output in graph.outputs {
      lifetimes.read(activation(output), at: mode == .training ? schedule.lossTime : .max)
      if let gradient = gradient(output) { lifetimes.write(gradient, at: schedule.lossTime) }
    }
    for value in graph.predictions {
      lifetimes.read(activation(value), at: mode == .training ? schedule.lossTime : .max)
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

  private mutating func recordAgain(_ node: Graph.Node, _ tensor: Int, at time: Int) {
    lifetimes.write(tensor, at: time)
    for input in node.inputs {
      lifetimes.read(remembered(input), at: time)
      lifetimes.wantBorder(remembered(input), node.signature.inputBorder)
    }
  }

  private mutating func recordBackward(of node: Graph.Node, at index: Int) {
    let time = backwardTime(index)
    if node.signature.backwardReads.contains(.inputs) {
      for input in node.inputs {
        lifetimes.read(remembered(input), at: time)
        lifetimes.wantBorder(remembered(input), node.signature.inputBorder)
      }
    }
    if node.signature.backwardReads.contains(.outputs) {
      for output in node.signature.outputs.indices {
        lifetimes.read(remembered(.init(node: index, output: output)), at: time)
      }
    }
    for gradient in gradients[index] {
      lifetimes.read(gradient!, at: time)
      lifetimes.wantBorder(gradient!, node.signature.outputGradientBorder)
    }
    for input in node.inputs { if let gradient = gradient(input) { lifetimes.write(gradient, at: time) } }
  }

  /// Joins tensors that are one memory by nature.
  mutating func joinViews() {
    for (index, node) in graph.nodes.enumerated() where node.signature.forwardAliasing == .view {
      guard let first = node.inputs.first else { continue }
      for output in activations[index] { lifetimes.join(activation(first), output) }
      if let repeated = repeated[index] { lifetimes.join(remembered(first), repeated) }
    }
    for (index, node) in graph.nodes.enumerated().reversed()
    where isActive[index] && node.signature.backwardAliasing == .view {
      guard let output = gradients[index].first ?? nil else { continue }
      for input in node.inputs { if let input = gradient(input) { lifetimes.join(output, input) } }
    }
  }

  /// Joins tensors that can be one memory because nobody needs the old contents.
  mutating func shareMemory() {
    for (index, node) in graph.nodes.enumerated() {
      let inputs = node.inputs.map(activation)
      for output in activations[index] { share(node, inputs, output, at: index) }
    }
    for (index, time) in schedule.again.sorted(by: { $0.value < $1.value }) {
      let node = graph.nodes[index]
      share(node, node.inputs.map(remembered), repeated[index]!, at: time)
    }
    for (index, node) in graph.nodes.enumerated().reversed() where isActive[index] {
      shareGradients(of: node, at: index)
    }
  }

  private mutating func share(_ node: Graph.Node, _ inputs: [Int], _ output: Int, at time: Int) {
    guard let first = inputs.first else { return }
    switch node.signature.forwardAliasing {
    case .inPlace where lifetimes.isFree(first, after: time) && mayShare(first, output):
      lifetimes.join(first, output)
    case .parts:
      var channel = 0
      for input in inputs {
        // What was computed forward and is kept would keep the whole.
        let lived = lifetimes[input].firstWrite >= schedule.lossTime || time < schedule.lossTime
        if lived && isNear(input, time) && lifetimes.mayBePart(input, of: output) && mayHold(input, in: output) {
          lifetimes.put(input, into: output, atChannel: channel)
        }
        channel += lifetimes.tensors[input].shape.channels
      }
    case .inside(let border):
      let lived = lifetimes[first].firstWrite >= schedule.lossTime || time < schedule.lossTime
      if lived && lifetimes.mayBePart(first, of: output) && mayHold(first, in: output, inside: border) {
        lifetimes.put(first, into: output, atChannel: 0, inside: border)
      }
    case .view, .inPlace, .separate, .merged: break
    }
  }

  /// Whether a tensor is needed only near a time.
  private func isNear(_ tensor: Int, _ time: Int) -> Bool {
    guard let reach else { return true }
    return lifetimes[tensor].firstWrite >= time - reach && lifetimes[tensor].lastRead <= time + reach
  }

  /// Whether both have the same border, and both or neither need memory for a block of channels only.
  private func mayShare(_ tensor: Int, _ other: Int) -> Bool {
    mayHold(other, in: tensor) && (turnAround(tensor) == nil) == (turnAround(other) == nil)
  }

  /// Whether a tensor has the border where another one would hold it that it must have, and is read as zero there.
  private func mayHold(_ part: Int, in whole: Int, inside border: Border = .none) -> Bool {
    lifetimes.mayHold(part, in: whole, inside: border)
      && (borders == nil || lifetimes.border(of: part) == lifetimes.border(of: whole).surrounded(by: border))
  }

  private mutating func shareGradients(of node: Graph.Node, at index: Int) {
    guard let output = gradients[index].first ?? nil else { return }
    let inputs = node.inputs.compactMap { gradient($0) }
    let isFree = lifetimes.isFree(output, after: backwardTime(index))
    switch node.signature.backwardAliasing {
    case .inPlace where inputs.count >= 1 && gradient(node.inputs[0]) != nil && isFree:
      let input = gradient(node.inputs[0])!
      if mayShare(output, input) { lifetimes.join(output, input) }
    case .merged where !inputs.isEmpty:
      for input in inputs.dropFirst() { lifetimes.join(inputs[0], input) }
      if isFree && mayShare(output, inputs[0]) { lifetimes.join(output, inputs[0]) }
    case .inside(let border):
      guard let input = gradient(node.inputs[0]), lifetimes.mayBePart(input, of: output),
        mayHold(input, in: output, inside: border)
      else { return }
      lifetimes.put(input, into: output, atChannel: 0, inside: border)
    case .parts:
      var channel = 0
      for input in node.inputs {
        if let gradient = gradient(input), isNear(gradient, backwardTime(index)),
          lifetimes.mayHold(gradient, in: output)
        {
          lifetimes.put(gradient, into: output, atChannel: channel)
        }
        channel += graph.shape(input).channels
      }
    case .view, .inPlace, .separate, .merged: break
    }
  }

  /// The borders that the outputs of each node and their gradients have come to.
  var finalBorders: Borders {
    Borders(
      activations: activations.map { $0.map { lifetimes.border(of: $0) } },
      gradients: gradients.map { $0.map { $0.map { lifetimes.border(of: $0) } ?? .none } })
  }

  func activation(_ value: Graph.Value) -> Int { activations[value.node][value.output] }
  func gradient(_ value: Graph.Value) -> Int? { gradients[value.node][value.output] }

  /// The tensor in which backward finds a value: what was computed again, or what was kept.
  func remembered(_ value: Graph.Value) -> Int { repeated[graph.origin(of: value)] ?? activation(value) }
}
