import Kernels
import Networks
import Tensors
import Testing

/// Rectifiers that other layers have taken over: the same numbers as when every layer's output is wanted, and so
/// nothing is joined.
@Suite struct FusionTests {
  /// Rectified convolutions with one reader and several, in front of poolings, sums, concatenations and one another.
  private static func graph() throws -> Graph {
    let input = Symbol.input([12, 10, 3])
    func rectified(_ filters: Int, _ kernel: Int, _ x: Symbol, maximum: Double? = nil) -> Symbol {
      ReLU(maximum: maximum)(Conv2D(filters, kernel: kernel, padding: .same)(x))
    }
    let start = rectified(17, 3, rectified(16, 3, input), maximum: 0.4)
    // Both gradients of a sum are one memory.
    let sum = Add()(rectified(6, 1, start), rectified(6, 3, start, maximum: 0.5))
    let branches = Concatenate()(rectified(5, 1, sum), ReLU()(DepthwiseConv2D(kernel: [3, 3], padding: .same)(sum)))
    let nested = Add()(Concatenate()(rectified(4, 1, branches), rectified(7, 1, branches)), rectified(11, 1, branches))
    let pooled = MaxPooling2D(3, strides: 2, padding: .same)(rectified(8, 3, nested, maximum: 0.3))
    let twice = MaxPooling2D(2)(ReLU()(BatchNormalization()(Conv2D(9, kernel: 3, usesBias: false)(pooled))))
    return try Graph("rectified", inputs: [input], outputs: [Dense(5)(Flatten()(twice))])
  }

  private static func run(_ graph: Graph, keeping: Set<String>, mode: Mode) throws -> (plan: Plan, values: [[Float]]) {
    var planner = Planner()
    (planner.keeping, planner.guardFloats, planner.wantsInputGradients) = (keeping, 16, mode == .training)
    let plan = try planner.plan(graph, lanes: 16, mode: mode)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let network = Network(plan, weights: weights, guarding: true)
    network.prepare()
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    network.shard.live = 11
    var random = RandomStream(seed: 4, purpose: .synthesis)
    func fill(_ tensor: Tensor, live: Int) {
      for lane in 0..<16 {
        tensor.setSample(lane, (0..<tensor.shape.count).map { _ in lane < live ? random.uniform() - 0.5 : 0 })
      }
    }
    network.beginInputs()
    fill(network.inputs[0], live: 16)
    network.forward()
    var values = (0..<11).map { network.outputs[0].sample($0) }
    guard mode == .training else { return (plan, values) }
    fill(network.outputGradients[0], live: 11)
    network.backward { _ in }
    values += [network.shard.gradients.values] + (0..<11).map { network.inputGradients[0].sample($0) }
    return (plan, values)
  }

  @Test(arguments: [Mode.training, .inference])
  func sameNumbers(mode: Mode) throws {
    let graph = try FusionTests.graph()
    let (fused, plain) = (
      try FusionTests.run(graph, keeping: [], mode: mode),
      try FusionTests.run(graph, keeping: Set(graph.nodes.map(\.name)), mode: mode)
    )
    for (values, wanted) in zip(fused.values, plain.values) {
      let size = wanted.map(abs).max()!
      #expect(size > 0 && zip(values, wanted).allSatisfy { abs($0 - $1) <= 2e-6 * size })
    }
    // Only those stay whose gradients another layer reads too.
    func rectifiers(_ plan: Plan) -> Int { plan.steps.count { $0.layer is ReLU } }
    #expect(rectifiers(plain.plan) == 11)
    #expect(rectifiers(fused.plan) == (mode == .inference ? 0 : 5))
  }
}
