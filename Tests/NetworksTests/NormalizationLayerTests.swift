import Networks
import Tensors
import TestSupport
import Testing

@Suite struct NormalizationLayerTests {
  @Test func normalizationOfSamplesKeepsTheContract() throws {
    try LayerContract.check(LayerNormalization(), inputs: [4, 3, 6], tolerance: 5e-3)
    try LayerContract.check(
      LayerNormalization(axes: [1, 2, 3], center: false), inputs: [3, 4, 2], live: 17, tolerance: 5e-3)
    try LayerContract.check(LayerNormalization(axes: [2], scale: false), inputs: [3, 5, 2], tolerance: 5e-3)
    try LayerContract.check(LayerNormalization(axes: [-1], epsilon: 1e-5), inputs: [9], live: 16, tolerance: 5e-3)
    try LayerContract.check(LayerNormalization(axes: [1, -1]), inputs: [2, 3, 2, 5], tolerance: 5e-3)
    try LayerContract.check(LayerNormalization(isScaledByVariance: true), inputs: [4, 7], tolerance: 5e-3)
    try LayerContract.check(RMSNormalization(), inputs: [3, 2, 5], tolerance: 5e-3)
    try LayerContract.check(RMSNormalization(axes: [1, 2]), inputs: [4, 3], live: 20, tolerance: 5e-3)
    try LayerContract.check(UnitNormalization(), inputs: [4, 3, 5], tolerance: 5e-3)
    try LayerContract.check(UnitNormalization(axes: [1, 2]), inputs: [3, 4], live: 16, tolerance: 5e-3)
  }

  @Test func spectralNormalizationKeepsTheContract() throws {
    try LayerContract.check(SpectralNormalization(Conv2D(3, kernel: 3, strides: 2)), inputs: [5, 6, 2], live: 17)
    try LayerContract.check(SpectralNormalization(Dense(4), powerIterations: 3), inputs: [7])
    #expect(throws: ShapeError.self) { try SpectralNormalization(ReLU()).signature(of: [[3]]) }
  }

  /// The kernel diag(3, 1): its largest singular value is found, and divided by, at the beginning of a step.
  @Test func spectralNormalizationDividesByTheLargestSingularValue() throws {
    let graph = try Sequential("spectral", input: [2]) {
      SpectralNormalization(Dense(2, usesBias: false), powerIterations: 20)
    }.graph()
    let weights = Weights(ParameterTable(graph))
    let entries = weights.table.entries
    for (index, value) in [3, 0, 0, 1].enumerated() { weights[entries[0]][index] = Float(value) }
    weights[entries[1]].fill(0.5)
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .training), weights: weights)
    network.beginStep()
    #expect(zip(weights[entries[0]].values, [1, 0, 0, 1.0 / 3]).allSatisfy { abs($0 - Float($1)) < 1e-5 })
    #expect(abs(weights[entries[1]][0] - 1) < 1e-5 && entries[1].parameter.name == "vector_u")
    // Zeros stay zeros.
    weights[entries[0]].fill(0)
    network.beginStep()
    #expect(weights[entries[0]].values == [0, 0, 0, 0])
  }

  @Test func normalizationOfGroupsKeepsTheContract() throws {
    try LayerContract.check(GroupNormalization(groups: 2), inputs: [3, 4, 6], tolerance: 5e-3)
    try LayerContract.check(
      GroupNormalization(groups: -1, epsilon: 1e-5), inputs: [4, 4, 3], live: 17, tolerance: 5e-3)
    try LayerContract.check(GroupNormalization(groups: 1, center: false), inputs: [2, 3, 2, 4], tolerance: 5e-3)
    try LayerContract.check(GroupNormalization(groups: 2, axis: 1, scale: false), inputs: [6, 5], tolerance: 5e-3)
    try LayerContract.check(GroupNormalization(groups: 3), inputs: [12], live: 16, tolerance: 5e-3)
  }

  @Test func batchNormalizationAlongAnyAxisKeepsTheContract() throws {
    try LayerContract.check(BatchNormalization(axis: 1), inputs: [4, 3, 2], tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(axis: 2, center: false), inputs: [4, 3, 2], live: 17, tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(axis: -2), inputs: [5, 3], tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(axis: 1), inputs: [3, 2, 4, 2], tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(axis: 2), inputs: [3, 2, 4, 2], live: 16, tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(), inputs: [2, 2, 3, 4], tolerance: 5e-3)
    try LayerContract.check(BatchNormalization(), inputs: [6, 4], live: 20, tolerance: 5e-3)
    #expect(throws: ShapeError.self) { try BatchNormalization(axis: 3).signature(of: [[2, 3, 4, 5]]) }
    #expect(throws: ShapeError.self) { try BatchNormalization(axis: 0).signature(of: [[2, 3]]) }
    #expect(throws: ShapeError.self) { try BatchNormalization(axis: 4).signature(of: [[2, 3, 4]]) }
  }

  /// A rectifier is still computed in the same pass.
  @Test func anyAxisIsFused() throws {
    let input = Symbol.input([4, 3, 2])
    let graph = try Graph("fused", inputs: [input], outputs: [ReLU()(BatchNormalization(axis: 1)(input))])
    let steps = try Planner().plan(graph, lanes: 16, mode: .training).steps
    #expect(steps.last?.isView == true)
    try LayerContract.check(graph, step: 1e-3, tolerance: 2e-2)
  }

  @Test func configurationsOfBothVersionsAreRead() throws {
    let layer = try LayerRegistry.layer(
      "BatchNormalization",
      ["axis": [1], "moving_mean_initializer": "ones", "synchronized": true, "renorm_momentum": 0.9, "fused": true])
    let normalization = try #require(layer as? BatchNormalization)
    #expect(normalization.axis == 1 && normalization.movingMeanInitializer == .ones)
    #expect(normalization.kerasConfiguration()["synchronized"] == true)
    #expect(try LayerRegistry.layer("SyncBatchNormalization", [:]) is BatchNormalization)
    #expect(try (LayerRegistry.layer("LayerNormalization", ["axis": [3]]) as? LayerNormalization)?.axes == [3])
    for (name, values): (String, [String: JSONValue]) in [
      ("GroupNormalization", ["groups": 0]),
      ("LayerNormalization", ["axis": []]), ("LayerNormalization", ["axis": "last"]),
      ("LayerNormalization", ["epsilon": -1]),
    ] {
      #expect(throws: ImportError.self, "\(name)") { try LayerRegistry.layer(name, values) }
    }
    #expect(throws: ShapeError.self) { try GroupNormalization(groups: 4).signature(of: [[3, 6]]) }
    #expect(throws: ShapeError.self) { try LayerNormalization(axes: [-1, 2]).signature(of: [[3, 6]]) }
  }

  @Test func constraintsAreReadAndWritten() throws {
    let constraints: [String: JSONValue] = [
      "gamma_constraint": .object(["class_name": "MaxNorm", "config": .object(["max_value": 1.5, "axis": 0])]),
      "beta_constraint": .object(["class_name": "NonNeg", "config": .object([:])]),
    ]
    let layer = try LayerRegistry.layer("BatchNormalization", constraints)
    let written = layer.kerasConfiguration()
    for (key, value) in constraints { #expect(written[key] == value) }
    let parameters = try layer.signature(of: [[4]]).parameters
    #expect(parameters.map(\.constraint) == [.maximumNorm(1.5, axes: [0]), .nonNegative, nil, nil])
    for name in ["unit_norm", "MinMaxNorm"] {
      let layer = try LayerRegistry.layer("LayerNormalization", ["gamma_constraint": .string(name)])
      let copy = try LayerRegistry.layer("LayerNormalization", layer.kerasConfiguration())
      #expect(try copy.signature(of: [[4]]).parameters == layer.signature(of: [[4]]).parameters)
    }
    let misspelt: JSONValue = .object(["class_name": "MaxNorm", "config": .object(["value": 2])])
    for value: JSONValue in ["RadialConstraint", misspelt] {
      #expect(throws: ImportError.self) { try LayerRegistry.layer("BatchNormalization", ["gamma_constraint": value]) }
    }
  }

  /// Keras's formulas; the norm is over one axis of (2, 3), or over both.
  @Test func constraintsMoveWeights() {
    func moved(_ constraint: Constraint, _ values: [Float] = [3, -0.5, 0, 4, 0.5, 1]) -> [Float] {
      let weights = Buffer(values)
      constraint.apply(to: weights, shape: [2, 3])
      return weights.values
    }
    func isNear(_ values: [Float], _ wanted: [Float]) -> Bool { zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 } }
    #expect(moved(.nonNegative) == [3, 0, 0, 4, 0.5, 1])
    #expect(isNear(moved(.maximumNorm(2, axes: [0])), [1.2, -0.5, 0, 1.6, 0.5, 1]))
    #expect(isNear(moved(.unitNorm(axes: [0])), [0.6, -0.70710678, 0, 0.8, 0.70710678, 1]))
    #expect(isNear(moved(.unitNorm(axes: [0, 1]), [1, 1, 1, 1, 0, 0]), [0.5, 0.5, 0.5, 0.5, 0, 0]))
    #expect(isNear(moved(.maximumNorm(1, axes: [-1]), [3, 4, 0, 0.3, 0, 0]), [0.6, 0.8, 0, 0.3, 0, 0]))
    #expect(
      isNear(
        moved(.normBetween(minimum: 1, maximum: 2, rate: 0.5, axes: [0])), [2.1, -0.6035534, 0, 2.8, 0.6035534, 1]))
  }
}
