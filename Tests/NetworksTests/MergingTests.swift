import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Layers that merge inputs, and layers that move elements.
@Suite struct MergingTests {
  @Test func merges() throws {
    let shape: Shape = [4, 3, 2]
    try LayerContract.check(Subtract(), inputs: shape, shape)
    try LayerContract.check(Average(), inputs: shape, shape)
    try LayerContract.check(Average(), inputs: [8], [8], [8], live: 16)
    try LayerContract.check(Multiply(), inputs: shape, shape)
    try LayerContract.check(Multiply(), inputs: [8], [8], [8], live: 17, tolerance: 1e-2)
  }

  @Test func extrema() throws {
    // The numbers of different inputs are far enough from each other for a small step.
    let inputs = (0..<3).map { _ in Symbol.input([4, 3, 2]) }
    let values = inputs.enumerated().map { Rescaling(1, offset: Double($0.offset) / 60)($0.element) }
    let largest = Maximum()(values[0], values[1])
    let smallest = Minimum()(values[0], values[1], values[2])
    let graph = try Graph("extrema", inputs: inputs, outputs: [largest, smallest])
    try LayerContract.check(graph, live: 17, values: .separated, step: 3e-3, tolerance: 1e-2)
  }

  @Test func aFactorIsRepeated() throws {
    try LayerContract.check(Multiply(), inputs: [4, 3, 5], [1, 1, 5])
    try LayerContract.check(Multiply(), inputs: [4, 3, 1], [4, 3, 5], live: 17)
    try LayerContract.check(Multiply(), inputs: [2, 4, 1, 3], [2, 4, 5, 3])
    try LayerContract.check(Multiply(), inputs: [4, 3, 2], [2], [4, 1, 1], live: 17, tolerance: 1e-2)
    try LayerContract.check(Multiply(), inputs: [4, 1, 2], [1, 3, 2])
  }

  /// Inputs of other shapes are repeated, in either direction, and from fewer axes.
  @Test func inputsAreRepeated() throws {
    try LayerContract.check(Add(), inputs: [4, 3, 5], [1, 1, 5])
    try LayerContract.check(Add(), inputs: [5], [4, 3, 5], [4, 3, 1], live: 17)
    try LayerContract.check(Subtract(), inputs: [4, 1, 2], [1, 3, 2])
    try LayerContract.check(Subtract(), inputs: [3], [2, 4, 5, 3], live: 17)
    try LayerContract.check(Average(), inputs: [4, 3, 1], [3, 2], live: 16)
    let inputs = [Symbol.input([4, 3, 2]), Symbol.input([1, 3, 1]), Symbol.input([2])]
    let values = inputs.enumerated().map { Rescaling(1, offset: Double($0.offset) / 60)($0.element) }
    let outputs = [Maximum()(values[0], values[1], values[2]), Minimum()(values[2], values[0])]
    let graph = try Graph("extrema", inputs: inputs, outputs: outputs)
    try LayerContract.check(graph, live: 17, values: .separated, step: 3e-3, tolerance: 1e-2)
    let summands = [Symbol.input([4, 3, 2]), Symbol.input([2])]
    let sum = ReLU()(Add()(Rescaling(1, offset: 0.025)(summands[0]), summands[1]))
    try LayerContract.check(
      try Graph("sum", inputs: summands, outputs: [sum]), values: .separated, step: 1e-3, tolerance: 2e-2)
    for shapes: [Shape] in [[[4, 3, 2], [3]], [[4, 2, 2], [1, 3, 2]], [[4]]] {
      for layer: any Layer in [Multiply(), Add(), Average(), Maximum()] {
        #expect(throws: ShapeError.self) { try layer.signature(of: shapes) }
      }
    }
    #expect(throws: ShapeError.self) { try Subtract().signature(of: [[3], [3], [3]]) }
  }

  /// Two inputs that are one value: the gradient goes to the first of equals only.
  @Test func anInputMayBeMergedWithItself() throws {
    let input = Symbol.input([5, 2])
    let x = Activation(.tanh)(input)
    let y = Multiply()(x, Maximum()(x, x))
    let z = Average()(y, Subtract()(x, x), x)
    try LayerContract.check(try Graph("same", inputs: [input], outputs: [Add()(z, Add()(x, x, x))]))
  }

  @Test func shapes() throws {
    try LayerContract.check(Cropping2D(top: 1, bottom: 0, left: 2, right: 1), inputs: [4, 6, 3])
    try LayerContract.check(UpSampling2D(), inputs: [3, 4, 2], live: 17)
    try LayerContract.check(UpSampling2D(size: [1, 3]), inputs: [3, 2, 5])
    try LayerContract.check(Reshape([6, -1]), inputs: [3, 4, 5])
    try LayerContract.check(Reshape([12]), inputs: [12])
    try LayerContract.check(Reshape([2, 3, 1, 2]), inputs: [12], live: 17)
    try LayerContract.check(Permute([2, 1]), inputs: [3, 5])
    try LayerContract.check(Permute([3, 1, 2]), inputs: [3, 4, 2], live: 17)
    try LayerContract.check(Permute([4, 2, 1, 3]), inputs: [2, 3, 4, 5])
    try LayerContract.check(RepeatVector(3), inputs: [7])
    try LayerContract.check(SpatialDropout2D(0.4), inputs: [5, 4, 6])
  }

  @Test func refusesShapesThatDoNotFit() throws {
    #expect(throws: ShapeError.self) { try Cropping2D(top: 2, bottom: 2).signature(of: [[4, 4, 1]]) }
    #expect(throws: ShapeError.self) { try Reshape([5, -1]).signature(of: [[12]]) }
    #expect(throws: ShapeError.self) { try Reshape([.max, .max]).signature(of: [[12]]) }
    for (name, values): (String, [String: JSONValue]) in [
      ("Reshape", ["target_shape": [-1, -1]]), ("Reshape", ["target_shape": []]), ("Permute", ["dims": [1, 1]]),
      ("Permute", ["dims": []]), ("RepeatVector", ["n": 0]), ("UpSampling2D", ["size": 0]),
      ("UpSampling2D", ["interpolation": "area"]), ("Cropping2D", ["cropping": [1, -1]]),
      ("SpatialDropout2D", ["rate": 1]),
    ] {
      #expect(throws: ImportError.self, "\(name)") { try LayerRegistry.layer(name, values) }
    }
  }

  /// A channel is dropped as a whole.
  @Test func spatialDropoutDropsChannels() throws {
    let input = Symbol.input([3, 3, 64])
    let graph = try Graph("drop", inputs: [input], outputs: [SpatialDropout2D(0.5)(input)])
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    let network = Network(plan, weights: Weights(ParameterTable(graph)))
    (network.shard.live, network.shard.seed) = (16, 3)
    network.beginInputs()
    network.inputs[0].fill(1)
    network.forward()
    var kept = 0
    for lane in 0..<16 {
      let sample = network.outputs[0].sample(lane)
      for channel in 0..<64 {
        let values = Set(stride(from: channel, to: sample.count, by: 64).map { sample[$0] })
        #expect(values == [0] || values == [2])
        kept += values == [2] ? 1 : 0
      }
    }
    #expect((400...624).contains(kept))
  }
}
