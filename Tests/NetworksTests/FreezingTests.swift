import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Frozen parts: no gradients, no movement, inference statistics, and nothing computed or kept for them.
@Suite struct FreezingTests {
  private func graph() throws -> Graph {
    let input = Symbol.input([8, 8, 3], name: "image")
    var x = Conv2D(4, kernel: 3, padding: .same, usesBias: false)(input, name: "c1")
    x = BatchNormalization()(x, name: "n1")
    x = Activation(.tanh)(x, name: "r1")
    x = Conv2D(4, kernel: 3, padding: .same, usesBias: false)(x, name: "c2")
    x = BatchNormalization()(x, name: "n2")
    x = Activation(.softplus)(x, name: "r2")
    x = PReLU()(x, name: "p")
    x = DepthwiseConv2D(kernel: [3, 3])(x, name: "d")
    x = GlobalAveragePooling2D()(x, name: "pool")
    return try Graph("net", inputs: [input], outputs: [Dense(3)(x, name: "head")])
  }

  @Test(arguments: [
    ["c1"], ["n1"], ["c2", "n2"], ["c1", "n1", "c2", "n2"], ["c2", "p", "d", "head"],
    ["c1", "n1", "c2", "n2", "p", "d"], ["n1", "n2"],
  ])
  func keepsTheContract(_ names: [String]) throws {
    let frozen = try graph().freezing(names)
    #expect(frozen.frozenLayers == frozen.nodes.map(\.name).filter(names.contains))
    try LayerContract.check(frozen, live: 17, tolerance: 1e-2)
    #expect(try frozen.unfreezing(names).frozenLayers.isEmpty)
  }

  /// Frozen parameters are not among those that are trained, and a network does not touch them.
  @Test func frozenLayersDoNotMove() throws {
    let frozen = try graph().freezing(["c1", "n1", "n2"])
    let weights = Weights(ParameterTable(frozen))
    weights.initialize(seed: 9)
    let trained = weights.table.entries.filter { $0.parameter.kind == .trainable }
    #expect(trained.map(\.layer) == ["c2", "p", "d", "d", "head", "head"])
    let before = weights.states.values
    let network = Network(try Planner().plan(frozen, lanes: 16, mode: .training), weights: weights)
    #expect(network.moments.counts.count == 0)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    network.shard.live = 16
    for _ in 0..<3 {
      network.prepare()
      network.beginInputs()
      network.inputs[0].fill(0.3)
      network.forward()
      network.outputGradients[0].fill(1)
      network.backward { _ in }
      network.updateStates(by: network.moments)
    }
    #expect(weights.states.values == before)
  }

  /// In training mode a backbone that is frozen whole gives the bits that it gives at inference, with normalisations
  /// folded into convolutions or, where somebody wants to see what these give, not.
  @Test(arguments: [["r2"], ["r2", "c1", "c2"]], MemoryUse.allCases)
  func frozenBackbonesRunAsAtInference(_ kept: [String], _ memory: MemoryUse) throws {
    let frozen = try graph().freezing(["c1", "n1", "c2", "n2"])
    let weights = Weights(ParameterTable(frozen))
    weights.initialize(seed: 2)
    var planner = Planner()
    (planner.keeping, planner.memory) = (Set(kept), memory)
    let outputs = try Mode.allCases.map { mode in
      let network = Network(try planner.plan(frozen, lanes: 16, mode: mode), weights: weights)
      network.shard.live = 16
      network.prepare()
      network.beginInputs()
      for lane in 0..<16 { network.inputs[0].setSample(lane, (0..<192).map { Float(($0 * 5 + lane) % 11) - 5 }) }
      network.forward()
      return (0..<16).map { network.kept["r2"]!.sample($0) }
    }
    #expect(outputs[0] == outputs[1])
  }

  /// Backward stops at the lowest trainable layer, and what only it would need is not kept.
  @Test func nothingIsKeptBelowTheLowestTrainableLayer() throws {
    let graph = try graph()
    let frozen = try graph.freezing(["c1", "n1", "c2", "n2", "p", "d"])
    let plans = try [graph, frozen].map { try Planner().plan($0, lanes: 16, mode: .training) }
    #expect(plans[1].steps.filter(\.runsBackward).map(\.name) == ["head"])
    #expect(plans[1].arenaCount * 2 < plans[0].arenaCount)
  }

  @Test func namesThatNobodyHasAreRefused() throws {
    #expect(throws: PlanError.self) { try graph().freezing(["c3"]) }
    #expect(throws: PlanError.self) { try graph().unfreezing(["c"]) }
  }
}
