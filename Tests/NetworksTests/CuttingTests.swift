import Kernels
import Networks
import Tensors
import Testing

/// Where a graph can be cut so that what lies before gives the same in every step.
@Suite struct CuttingTests {
  private func residual() throws -> Graph {
    let input = Symbol.input([6, 6, 2])
    let stem = Conv2D(4, kernel: 3, padding: .same)(input, name: "stem")
    let normal = BatchNormalization()(stem, name: "normal")
    let left = Conv2D(4, kernel: 3, padding: .same)(normal, name: "left")
    let sum = Add()(left, normal, name: "sum")
    let pooled = GlobalAveragePooling2D()(ReLU()(sum, name: "relu"), name: "pool")
    let dropped = Dropout(0.5)(pooled, name: "dropout")
    return try Graph("residual", inputs: [input], outputs: [Dense(3, activation: .softmax)(dropped, name: "dense")])
  }

  private func cut(_ graph: Graph) -> String? { graph.unchangingValue.map { graph.nodes[$0.node].name } }

  @Test func theCutLiesBehindWhatStaysAsItIs() throws {
    let graph = try residual()
    #expect(cut(graph) == nil)
    #expect(cut(try graph.freezing(["stem", "normal", "left"])) == "pool", "dropout draws at random")
    // Behind the normalisation two ways lead on, from one value.
    #expect(cut(try graph.freezing(["stem", "normal"])) == "normal")
    // A normalisation that follows the batch must not be parted from its convolution.
    #expect(cut(try graph.freezing(["stem"])) == nil)
    // What is trained lies on one of two ways.
    #expect(cut(try graph.freezing(["left"])) == nil)
    let quiet = try graph.freezing(["stem", "normal", "left"]).runningAtInference { _, node in node.name == "dropout" }
    #expect(cut(quiet) == "dropout")
    #expect(graph.featuresForOthers.map { graph.nodes[$0.node].name } == "pool")
  }

  /// Cut in two, a network computes the same bits.
  @Test(arguments: [Mode.training, .inference]) func bothPartsTogetherAreTheWhole(_ mode: Mode) throws {
    let graph = try residual().freezing(["stem", "normal"])
    let value = try #require(graph.unchangingValue)
    let whole = try Planner().plan(graph, lanes: 16, mode: mode)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    var planner = Planner()
    planner.whole = whole
    let parts = try [graph.prefix(upTo: value), graph.suffix(from: value)].map {
      Network(try planner.plan($0, lanes: 16, mode: mode), weights: weights)
    }
    let images = Tensor([6, 6, 2], lanes: 16)
    var random = RandomStream(seed: 1, purpose: .synthesis)
    for lane in 0..<16 { images.setSample(lane, (0..<72).map { _ in random.uniform() }) }
    func run(_ network: Network, _ input: Tensor) -> Tensor {
      network.prepare()
      network.load([input], live: 16, step: 5, seed: 7)
      network.forward()
      return network.outputs[0]
    }
    let expected = run(Network(whole, weights: weights), images)
    let result = run(parts[1], run(parts[0], images))
    #expect((0..<16).allSatisfy { result.sample($0) == expected.sample($0) })
  }
}
