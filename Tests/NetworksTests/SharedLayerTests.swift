import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that are called several times, and models inside the model.
@Suite struct SharedLayerTests {
  /// A convolution with batch norm and a Dense layer, each called three times, and a PReLU.
  private func graph() throws -> Graph {
    var graph = Graph(name: "shared")
    let left = try graph.append(Input([6, 5, 3]), named: "left", inputs: [])
    let right = try graph.append(Input([6, 5, 3]), named: "right", inputs: [])
    let convolution = Conv2D(3, kernel: 3, padding: .same, activation: .tanh)
    func call(_ layer: any Layer, _ name: String, _ number: Int, _ input: Graph.Value) throws -> Graph.Value {
      let role = Graph.Role(owner: name)
      return try graph.append(layer, named: number == 0 ? name : "\(name):\(number)", inputs: [input], role: role)
    }
    let first = try call(convolution, "conv", 0, left)
    let second = try call(convolution, "conv", 1, right)
    let third = try call(convolution, "conv", 2, first)
    var features: [Graph.Value] = []
    for (number, value) in [first, second, third].enumerated() {
      let normal = try call(BatchNormalization(), "norm", number, value)
      features.append(try graph.append(GlobalAveragePooling2D(), named: "pool\(number)", inputs: [normal]))
    }
    let dense = try features.enumerated().map { try call(Dense(4), "dense", $0.offset, $0.element) }
    let sum = try graph.append(Multiply(), named: "product", inputs: dense)
    graph.setOutputs([sum, dense[1]])
    return graph
  }

  @Test func gradientsAreSummedOverTheCalls() throws { try LayerContract.check(try graph(), live: 17) }

  @Test func parametersAreThereOnce() throws {
    let graph = try graph()
    let table = ParameterTable(graph)
    #expect(
      table.entries.map(\.path) == [
        "conv/kernel", "conv/bias", "norm/gamma", "norm/beta", "norm/moving_mean", "norm/moving_variance",
        "dense/kernel",
        "dense/bias",
      ])
    #expect(graph.parameterCount == 81 + 3 + 12 + 16)
    let ranges = table.entries.filter { $0.parameter.kind == .trainable }.map(\.range)
    for (index, range) in ranges.enumerated() {
      for other in ranges[(index + 1)...] { #expect(!range.overlaps(other)) }
    }
  }

  /// A prefix of the gradients is final only after the last of all calls that add to it.
  @Test func readyGradientsAreFinal() throws {
    let graph = try graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .training), weights: weights)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    network.shard.gradients.fill(.nan)
    network.shard.live = 16
    network.prepare()
    network.beginInputs()
    for (index, input) in network.inputs.enumerated() {
      for lane in 0..<16 {
        input.setSample(lane, (0..<input.shape.count).map { Float(($0 * 7 + lane * 3 + index) % 13) / 13 })
      }
    }
    network.forward()
    for gradient in network.outputGradients { gradient.fill(0.5) }
    var reported: [(count: Int, values: [Float])] = []
    network.backward { reported.append(($0, Array(network.shard.gradients.values[0..<$0]))) }
    let final = network.shard.gradients.values
    let entries = weights.table.entries.filter { $0.parameter.kind == .trainable }
    #expect(reported.map(\.count) == reported.map(\.count).sorted() && reported.count == 3)
    #expect(reported.last?.count == entries.map(\.range.upperBound).max())
    for (count, values) in reported {
      for entry in entries where entry.range.upperBound <= count {
        #expect(entry.range.allSatisfy { values[$0] == final[$0] && final[$0].isFinite }, "\(entry.path)")
      }
    }
  }

  /// Every call moves the moving statistics, one after the other, as in Keras.
  @Test func everyCallMovesTheStatistics() throws {
    var graph = Graph(name: "twice")
    let (left, right) = (
      try graph.append(Input([1]), named: "left", inputs: []), try graph.append(Input([1]), named: "right", inputs: [])
    )
    let layer = BatchNormalization(momentum: 0.5)
    let role = Graph.Role(owner: "norm")
    let outputs = [
      try graph.append(layer, named: "norm", inputs: [left], role: role),
      try graph.append(layer, named: "norm:1", inputs: [right], role: role),
    ]
    graph.setOutputs(outputs)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 1)
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .training), weights: weights)
    network.shard.live = 2
    network.prepare()
    network.beginInputs()
    for (lane, values) in [(0, (1, 10)), (1, (3, 30))] as [(Int, (Float, Float))] {
      network.inputs[0].setSample(lane, [values.0])
      network.inputs[1].setSample(lane, [values.1])
    }
    network.forward()
    network.updateStates(by: network.moments)
    let states = weights.table.entries.filter { $0.parameter.isState }.map { weights[$0][0] }
    // 0 -> 1 -> 10.5; 1 -> (1 + 1) / 2 -> (1 + 100) / 2.
    #expect(states == [0.5 * 2 * 0.5 + 0.5 * 20, 50.5])
  }

  @Test func callsThatDoNotFitAreRefused() throws {
    var graph = Graph(name: "unequal")
    let small = try graph.append(Input([2]), named: "small", inputs: [])
    let large = try graph.append(Input([3]), named: "large", inputs: [])
    try graph.append(Dense(1), named: "dense", inputs: [small])
    let error = try #require(throws: ShapeError.self) {
      try graph.append(Dense(1), named: "dense:1", inputs: [large], role: Graph.Role(owner: "dense"))
    }
    #expect(error.description.contains("'dense'") && error.description.contains("shapes"))
  }

  /// What leads to no output is not run, and its gradients are zero.
  @Test func layersThatLeadNowhereHaveNoGradients() throws {
    var graph = Graph(name: "forked")
    let input = try graph.append(Input([4]), named: "input", inputs: [])
    try graph.append(Dense(2), named: "dead", inputs: [input])
    graph.setOutputs([try graph.append(Dense(3), named: "alive", inputs: [input])])
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    #expect(plan.steps.map(\.name) == ["input", "alive"])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 1)
    let network = Network(plan, weights: weights)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    network.shard.gradients.fill(.nan)
    network.shard.live = 16
    network.prepare()
    network.beginInputs()
    network.inputs[0].fill(1)
    network.forward()
    network.outputGradients[0].fill(1)
    network.backward { _ in }
    for entry in weights.table.entries {
      let gradient = network.shard.gradients[entry.range].values
      #expect(entry.layer == "dead" ? gradient.allSatisfy { $0 == 0 } : gradient.allSatisfy { $0 == 16 })
    }
  }
}
