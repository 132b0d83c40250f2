import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that draw random numbers, and layers of applications that act on whole samples or channels.
@Suite struct NoiseLayerTests {
  @Test func keepTheContract() throws {
    try LayerContract.check(Dropout(0.3, noiseShape: [1, 1, nil]), inputs: [4, 3, 5])
    try LayerContract.check(Dropout(0.3, noiseShape: [4, 1]), inputs: [4, 3], live: 17)
    try LayerContract.check(SpatialDropout1D(0.4), inputs: [5, 6])
    try LayerContract.check(SpatialDropout2D(0.4), inputs: [3, 2, 6], live: 16)
    try LayerContract.check(SpatialDropout3D(0.4), inputs: [2, 3, 2, 6], live: 17)
    try LayerContract.check(StochasticDepth(0.5), inputs: [3, 2, 4], live: 17)
    try LayerContract.check(AlphaDropout(0.3), inputs: [4, 3, 5], live: 17)
    try LayerContract.check(AlphaDropout(0.3, noiseShape: [1, nil]), inputs: [4, 3])
    try LayerContract.check(GaussianNoise(0.5), inputs: [4, 3, 5])
    try LayerContract.check(GaussianDropout(0.5), inputs: [4, 3, 5], live: 17)
    try LayerContract.check(LayerScale(initialValue: 0.5), inputs: [4, 3, 5])
    try LayerContract.check(LayerScale(channels: 3), inputs: [2, 2, 4, 3], live: 17)
    try LayerContract.check(CustomScaleLayer(0.2), inputs: [4, 3, 5], [4, 3, 5])
    try LayerContract.check(Identity(), inputs: [4, 3])
    try LayerContract.check(
      Normalization(axes: [-1], mean: [0.5, -1, 2], variance: [1, 4, 0.25]), inputs: [2, 3, 3], live: 17)
    try LayerContract.check(
      Normalization(axes: [1, 3], mean: [1, 2, 3, 4, 5, 6], variance: [1, 2, 3, 4, 5, 6]), inputs: [2, 4, 3])
    try LayerContract.check(Normalization(axes: [], mean: [0.5], variance: [4], isInverted: true), inputs: [2, 5])
  }

  /// Outputs in training of ones, a sample of each of 16 lanes.
  private func outputs(_ layer: any Layer, _ shape: Shape, step: Int = 0) throws -> [[Float]] {
    let input = Symbol.input(shape)
    let graph = try Graph("noise", inputs: [input], outputs: [layer(input)])
    let network = Network(
      try Planner().plan(graph, lanes: 16, mode: .training), weights: Weights(ParameterTable(graph)))
    (network.shard.live, network.shard.seed, network.shard.step) = (16, 3, step)
    for lane in 0..<16 { network.shard.sampleIDs[lane] = UInt32(lane) }
    network.prepare()
    network.beginInputs()
    network.inputs[0].fill(1)
    network.forward()
    return (0..<16).map { network.outputs[0].sample($0) }
  }

  @Test func masksAreShared() throws {
    for sample in try outputs(Dropout(0.5, noiseShape: [nil, 1]), [6, 8]) {
      for row in 0..<6 { #expect(Set(sample[row * 8..<row * 8 + 8]).count == 1) }
    }
    let dropped = try outputs(StochasticDepth(0.5), [3, 4])
    #expect(dropped.allSatisfy { Set($0) == [0] || Set($0) == [2] } && Set(dropped.map { $0[0] }).count == 2)
  }

  @Test func noiseHasTheGivenMoments() throws {
    func moments(_ values: [Float]) -> (mean: Double, variance: Double) {
      let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
      return (mean, values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(values.count))
    }
    let shape: Shape = [64, 64]
    let noise = moments(try outputs(GaussianNoise(0.5), shape).flatMap(\.self))
    #expect(abs(noise.mean - 1) < 0.01 && abs(noise.variance - 0.25) < 0.01)
    let factors = moments(try outputs(GaussianDropout(0.2), shape).flatMap(\.self))
    #expect(abs(factors.mean - 1) < 0.01 && abs(factors.variance - 0.25) < 0.01)
    // Of ones, a (1 - p) or what stands for dropped: mean a ((1 - rate) + p rate) + b = a (1 - rate).
    let kept = try outputs(AlphaDropout(0.25), shape).flatMap(\.self)
    #expect(Set(kept).count == 2)
    let expected = 0.75 / (0.75 * (1 + 0.25 * 1.7580993408473766 * 1.7580993408473766)).squareRoot()
    #expect(abs(moments(kept).mean - expected) < 0.02)
    #expect(try outputs(GaussianNoise(0.5), [9], step: 0) != outputs(GaussianNoise(0.5), [9], step: 1))
  }

  @Test func configurationsAreRead() throws {
    let dropout = try LayerRegistry.layer("Dropout", ["rate": 0.2, "noise_shape": [nil, 1, 1, 1], "seed": 7])
    #expect((dropout as? Dropout)?.noiseShape == [1, 1, 1])
    #expect(dropout.kerasConfiguration()["noise_shape"] == [nil, 1, 1, 1])
    #expect(try LayerRegistry.layer("Custom>LayerScale", ["init_values": 1e-6, "projection_dim": 4]) is LayerScale)
    let given = try LayerRegistry.layer("Normalization", ["axis": [-1], "mean": [[1, 2]], "variance": 4])
    #expect((given as? Normalization)?.mean == [1, 2])
    #expect(try given.signature(of: [[3, 2]]).parameters.isEmpty)
    #expect(try Normalization().signature(of: [[3, 2]]).parameters.map(\.name) == ["mean", "variance", "count"])
    for (name, values): (String, [String: JSONValue]) in [
      ("Dropout", ["rate": 1.5]), ("Dropout", ["rate": 0.5, "noise_shape": [1, 2]]), ("GaussianNoise", ["stddev": -1]),
      ("GaussianNoise", [:]), ("AlphaDropout", ["rate": -0.1]), ("StochasticDepth", [:]),
      ("LayerScale", ["projection_dim": "all"]),
      ("CustomScaleLayer", [:]), ("Normalization", ["mean": 1]), ("Normalization", ["mean": "x", "variance": 1]),
    ] {
      #expect(throws: ImportError.self, "\(name) \(values)") { try LayerRegistry.layer(name, values) }
    }
    #expect(throws: ShapeError.self) { try Dropout(0.5, noiseShape: [2, 1]).signature(of: [[4, 3]]) }
    #expect(throws: ShapeError.self) { try Normalization(mean: [1, 2], variance: [1]).signature(of: [[4, 3]]) }
    #expect(throws: ShapeError.self) { try LayerScale(channels: 2).signature(of: [[4, 3]]) }
  }

  @Test func activityRegularizationKeepsTheContract() throws {
    try LayerContract.check(ActivityRegularization(), inputs: [4, 3])
    try LayerContract.check(ActivityRegularization(l1: 0.3, l2: 0.2), inputs: [4, 3, 2], values: .separated)
    try LayerContract.check(ActivityRegularization(l2: 0.5), inputs: [7], live: 17)
    // Behind an activation that is computed in place, and before one that reads the same.
    let input = Symbol.input([6])
    let penalized = ActivityRegularization(l1: 0.2, l2: 0.1)(Dense(5, activation: .tanh)(input))
    try LayerContract.check(
      Graph("activity", inputs: [input], outputs: [penalized, ReLU()(penalized)]), values: .separated)
  }

  /// Keras 3 takes one mean of everything bare, and those along several axes in the lists of lists that it writes
  /// itself.
  @Test func normalizationKeepsItsLists() throws {
    func written(_ values: [String: JSONValue]) throws -> [String: JSONValue] {
      try LayerRegistry.layer("Normalization", values).kerasConfiguration()
    }
    let bare = try written(["axis": [], "mean": [0.5], "variance": 2])
    #expect(bare["mean"] == .number(0.5) && bare["variance"] == .number(2))
    let lists: JSONValue = .array([
      .array([.number(1), .number(2)]), .array([.number(3), .number(4)]), .array([.number(5), .number(6)]),
    ])
    let nested = try written(["axis": [1, 3], "mean": lists, "variance": lists])
    #expect(nested["mean"] == lists && nested["variance"] == lists)
  }

  /// Two images of (1, -2) and (3, 0) cost 0.5 * 6 + 0.25 * 14; frozen layers and calls as at inference cost the same,
  /// and inference nothing.
  @Test func activityRegularizationAddsToTheLoss() throws {
    let input = Symbol.input([2])
    let graph = try Graph("activity", inputs: [input], outputs: [ActivityRegularization(l1: 0.5, l2: 0.25)(input)])
    for (graph, mode, penalty) in [
      (graph, Mode.training, 6.5), (graph.freezing { _ in true }, .training, 6.5),
      (graph.runningAtInference { _, _ in true }, .training, 6.5), (graph, .inference, 0),
    ] {
      let network = Network(try Planner().plan(graph, lanes: 16, mode: mode), weights: Weights(ParameterTable(graph)))
      network.shard.live = 2
      for _ in 0..<2 {
        network.beginInputs()
        for lane in 0..<16 { network.inputs[0].setSample(lane, lane == 0 ? [1, -2] : [3, 0]) }
        network.forward()
        #expect(network.shard.penalty == penalty)
        #expect(network.outputs[0].sample(1) == [3, 0])
      }
    }
  }
}
