import Networks
import Tensors
import TestSupport
import Testing

@Suite struct RenormalizationTests {
  private func layer(
    _ clipping: [String: JSONValue] = [:], _ others: [String: JSONValue] = [:]
  ) throws -> any Layer {
    try LayerRegistry.layer(
      "BatchNormalization",
      ["renorm": true, "renorm_momentum": 0.75, "renorm_clipping": .object(clipping)].merging(others) { $1 })
  }

  /// Finite differences hold r and d still where both are clipped: rmin = rmax, and all shifts are beyond dmax.
  @Test func clippedCorrectionsKeepTheContract() throws {
    let clipping: [String: JSONValue] = ["rmin": 1.3, "rmax": 1.3, "dmax": 0.02]
    try LayerContract.check(try layer(clipping), inputs: [4, 3, 6], tolerance: 5e-3)
    try LayerContract.check(try layer(clipping, ["scale": false]), inputs: [5, 2], live: 17, tolerance: 5e-3)
    try LayerContract.check(try layer(clipping, ["center": false]), inputs: [9], live: 16, tolerance: 5e-3)
    try LayerContract.check(try layer(clipping, ["axis": 1]), inputs: [4, 3, 2], tolerance: 5e-3)
  }

  /// A rectifier computed in the same pass, and its mask computed again in backward.
  @Test func followingRectifiersAreFused() throws {
    let input = Symbol.input([4, 3, 2])
    let layer = try layer(["rmin": 1.3, "rmax": 1.3, "dmax": 0.02])
    let graph = try Graph("fused", inputs: [input], outputs: [ReLU()(layer(input))])
    #expect(try Planner().plan(graph, lanes: 16, mode: .training).steps.last?.isView == true)
    try LayerContract.check(graph, step: 1e-3, tolerance: 2e-2)
  }

  /// One channel with mean 2 and variance 4 under the statistics mean 1, deviation 0.5: r = 4, clipped to 3, and d = 2;
  /// then all five statistics move.
  @Test func correctsAndMoves() throws {
    let layer = try layer(["rmax": 3, "dmax": 5], ["epsilon": 1e-9, "momentum": 0.9])
    let graph = try Sequential("renorm", input: [1]) { layer }.graph()
    let weights = Weights(ParameterTable(graph))
    let entries = weights.table.entries
    #expect(
      entries.map(\.parameter.name)
        == ["gamma", "beta", "moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"])
    for (entry, value) in zip(entries, [2, 10, 0, 1, 1, 1, 0.5] as [Float]) { weights[entry].fill(value) }
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .training), weights: weights)
    network.shard.live = 2
    network.prepare()
    network.beginInputs()
    for lane in 0..<16 { network.inputs[0].setSample(lane, [lane == 0 ? 0 : 4]) }
    network.forward()
    #expect([0, 1].map { network.outputs[0].sample($0)[0] } == [8, 20])
    network.updateStates(by: network.moments)
    let moved = entries.dropFirst(2).map { weights[$0][0] }
    #expect(zip(moved, [0.2, 1.21, 1.1, 1.25, 0.875]).allSatisfy { abs($0 - $1) < 1e-6 }, "\(moved)")
  }

  @Test func inferenceAndFrozenLayersAreThoseOfABatchNormalization() throws {
    func outputs(_ layer: any Layer, _ mode: Mode) throws -> [Float] {
      let input = Symbol.input([3, 2])
      var graph = try Graph("one", inputs: [input], outputs: [layer(input)])
      if mode == .training { graph = graph.freezing { _ in true } }
      let weights = Weights(ParameterTable(graph))
      for (index, entry) in weights.table.entries.enumerated() { weights[entry].fill(0.5 + 0.25 * Float(index)) }
      let network = Network(try Planner().plan(graph, lanes: 16, mode: mode), weights: weights)
      network.shard.live = 16
      network.prepare()
      network.beginInputs()
      for lane in 0..<16 { network.inputs[0].setSample(lane, (0..<6).map { Float($0 * lane) / 7 - 2 }) }
      network.forward()
      return (0..<16).flatMap { network.outputs[0].sample($0) }
    }
    for mode in [Mode.inference, .training] {
      #expect(try outputs(try layer(), mode) == outputs(BatchNormalization(), mode))
    }
  }

  @Test func settingsAreReadAndWritten() throws {
    let written = try layer(["rmax": 3, "dmax": 5]).kerasConfiguration()
    #expect(written["renorm"] == true && written["renorm_momentum"] == 0.75)
    #expect(written["renorm_clipping"] == .object(["rmax": .number(3), "dmax": .number(5)]))
    #expect(try layer([:], ["renorm_clipping": .null]).kerasConfiguration()["renorm_clipping"] == .object([:]))
    let initial = try layer(
      [:],
      [
        "moving_mean_initializer": "ones",
        "moving_variance_initializer": .object(["class_name": "Constant", "config": .object(["value": 4])]),
      ]
    ).signature(of: [[3]]).parameters.map(\.initializer)
    #expect(initial == [.ones, .zeros, .ones, .constant(4), .constant(2), .ones, .constant(2)])
    for others: [String: JSONValue] in [
      ["renorm_clipping": 3], ["renorm_clipping": .object(["max": 3])], ["renorm_clipping": .object(["rmax": "three"])],
      ["renorm_momentum": "much"], ["moving_variance_initializer": "random_uniform"],
    ] {
      #expect(throws: ImportError.self, "\(others)") { try layer([:], others) }
    }
  }
}
