import Kernels
import Networks
import Tensors
import Testing

/// Layers that treat every channel by itself, run with one block of channels after the other.
@Suite struct ChannelBlockTests {
  /// Depthwise convolutions between batch norms, one of them frozen, with a bias, strides and an activation of its own;
  /// sums, products, poolings and functions of them.
  private static func separable(frozen: Bool = false) throws -> Graph {
    let input = Symbol.input([12, 11, 5])
    var x = Conv2D(8, kernel: 3, padding: .same)(input)
    let first = ReLU(maximum: 6)(BatchNormalization()(x, name: "first"))
    x = BatchNormalization()(DepthwiseConv2D(kernel: [3, 3], padding: .same)(first, name: "depthwise"), name: "second")
    x = Activation(.tanh)(Add()(x, first))
    x = DepthwiseConv2D(kernel: [3, 3], strides: [2, 2], activation: .relu)(x)
    x = ReLU()(BatchNormalization(center: false)(x))
    let gate = Conv2D(8, kernel: 1, activation: .sigmoid)(
      GlobalAveragePooling2D(keepDimensions: true)(Activation(.silu)(x)))
    x = Add()(MaxPooling2D(2)(BatchNormalization()(Multiply()(x, gate))), AveragePooling2D(2)(BatchNormalization()(x)))
    let output = Dense(3)(GlobalAveragePooling2D()(Conv2D(6, kernel: 1)(x)))
    var graph = try Graph("separable", inputs: [input], outputs: [output])
    if frozen { graph = try graph.freezing(["second"]) }
    return graph
  }

  private static func graph(_ name: String) throws -> Graph {
    switch name {
    case "separable": try separable()
    case "separable, frozen": try separable(frozen: true)
    default: try MemoryUseTests.graph(name)
    }
  }

  /// With blocks of one channel and of a few, whatever is kept.
  @Test(arguments: ["separable", "separable, frozen", "branching"], MemoryUse.allCases)
  func blocksDoNotChangeABit(name: String, memory: MemoryUse) throws { try ChannelBlockTests.compare(name, memory) }

  @Test(arguments: ["resnet20", "mobilenet_v2"]) func blocksDoNotChangeABit(name: String) throws {
    try ChannelBlockTests.compare(name, .balanced)
  }

  private static func compare(_ name: String, _ memory: MemoryUse) throws {
    let graph = try graph(name)
    let whole = try MemoryUseTests.step(graph, memory, blockBytes: nil)
    #expect(whole.plan.steps.allSatisfy { $0.forwardBlocks.isEmpty && $0.backwardBlocks.isEmpty })
    for blockBytes in [1, 300_000] {
      let blocked = try MemoryUseTests.step(graph, memory, blockBytes: blockBytes)
      #expect(
        blocked.plan.steps.contains { !$0.forwardBlocks.isEmpty }
          && blocked.plan.steps.contains { !$0.backwardBlocks.isEmpty })
      let differences = zip(blocked.bits, whole.bits).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
      #expect(differences.isEmpty, "blocks of \(blockBytes) bytes")
    }
  }

  /// What only layers of the same turn read has memory for one block.
  @Test func memoryForOneBlock() throws {
    let plan = try Planner().plan(
      Models.make("mobilenet_v2", input: [224, 224, 3], classes: 7), lanes: 16, mode: .training)
    for step in plan.steps where step.layer is DepthwiseConv2D && step.inputs[0].shape.width >= 28 {
      // The normalised image is read again in backward, its gradient is not.
      #expect(!step.inputs[0].holdsBlock && step.inputGradients[0]!.holdsBlock && step.outputGradients[0].holdsBlock)
      let blocks = step.backwardBlocks
      #expect(blocks.map(\.count).reduce(0, +) == step.inputs[0].shape.channels && blocks.count > 1)
      #expect(plan.storages[step.inputGradients[0]!.storage].count * blocks.count < 2 * step.inputs[0].layout.count)
    }
  }

  /// Layers whose statistics are pooled over shards do all channels at once.
  @Test func pooledStatisticsAreWhole() throws {
    var planner = Planner()
    (planner.blockBytes, planner.turnBytes, planner.poolsStatistics) = (1, 0, true)
    let plan = try planner.plan(ChannelBlockTests.separable(), lanes: 16, mode: .training)
    for step in plan.steps where !step.pooledChannels.isEmpty {
      #expect(step.forwardBlocks.isEmpty && step.backwardBlocks.isEmpty)
    }
    #expect(plan.steps.contains { !$0.forwardBlocks.isEmpty })
  }

  /// The first layer with a number that is not finite, although others run before it has done all its channels.
  @Test func firstLayerIsFound() throws {
    let graph = try ChannelBlockTests.separable()
    var planner = Planner()
    (planner.blockBytes, planner.turnBytes) = (1, 0)
    let plan = try planner.plan(graph, lanes: 16, mode: .training)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let network = Network(plan, weights: weights)
    let kernel = try #require(plan.steps.first { $0.name == "depthwise" }).parameters[0]
    weights[kernel][7] = .nan
    network.prepare()
    network.shard.live = 3
    network.beginInputs()
    for lane in 0..<16 { network.inputs[0].setSample(lane, (0..<660).map { Float(($0 * 7 + lane) % 13) - 6 }) }
    let finding = try #require(network.examine())
    #expect(finding.layer == "depthwise" && finding.lanes == [0, 1, 2])
  }
}
