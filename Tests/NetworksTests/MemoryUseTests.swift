import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Keeping activations, computing them again, and putting concatenated ones side by side from the start: the same bits.
@Suite struct MemoryUseTests {
  /// Branches, nested concatenations, sums with and without ReLU, dropout, pooling, a value with three readers.
  private static func branching() throws -> Graph {
    let input = Symbol.input([9, 8, 3])
    func normalized(_ filters: Int, _ kernel: Int, _ x: Symbol) -> Symbol {
      ReLU()(BatchNormalization()(Conv2D(filters, kernel: kernel, padding: .same)(x)))
    }
    let start = normalized(6, 3, input)
    var dense = start
    for _ in 0..<3 {
      dense = Concatenate()(dense, Conv2D(1, kernel: 3, padding: .same)(ReLU()(BatchNormalization()(dense))))
    }
    let left = normalized(9, 1, Dropout(0.3)(dense))
    let right = Add()(left, BatchNormalization()(Conv2D(9, kernel: 3, padding: .same)(dense)))
    let sum = ReLU()(Add()(left, right, dense))
    let joined = Concatenate()(MaxPooling2D(2)(sum), AveragePooling2D(2)(Activation(.tanh)(right)))
    let twice = Concatenate()(joined, joined, ReLU(maximum: 1)(joined))
    let output = Dense(5)(GlobalAveragePooling2D()(normalized(7, 3, twice)))
    return try Graph("branching", inputs: [input], outputs: [output])
  }

  static func graph(_ name: String) throws -> Graph {
    try name == "branching"
      ? branching() : Models.make(name, input: name == "lenet5" ? [28, 28, 1] : [32, 32, 3], classes: 7)
  }

  /// Losses, gradients, moments and gradients of the inputs of a step.
  static func step(
    _ graph: Graph, _ memory: MemoryUse, lanes: Int = 32, blockBytes: Int? = Planner().blockBytes
  ) throws -> (plan: Plan, bits: [UInt64]) {
    var planner = Planner()
    (planner.blockBytes, planner.turnBytes) = (blockBytes, 0)
    (planner.memory, planner.guardFloats, planner.wantsInputGradients) = (memory, 16, true)
    let plan = try planner.plan(graph, lanes: lanes, mode: .training)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    let network = Network(plan, weights: weights, guarding: true)
    network.prepare()
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    (network.shard.live, network.shard.seed) = (21, 5)
    for lane in 0..<21 { network.shard.sampleIDs[lane] = UInt32(lane) }
    var random = RandomStream(seed: 4, purpose: .synthesis)
    func fill(_ tensor: Tensor, live: Int) {
      for lane in 0..<lanes {
        tensor.setSample(lane, (0..<tensor.shape.count).map { _ in lane < live ? random.uniform() - 0.5 : 0 })
      }
    }
    var bits: [UInt64] = []
    // Twice: what one step leaves behind must not matter to the next.
    for _ in 0..<2 {
      network.beginInputs()
      fill(network.inputs[0], live: lanes)
      network.forward()
      bits += (0..<21).map { Buffer(network.outputs[0].sample($0)).checksum } + [network.momentStorage.checksum]
      fill(network.outputGradients[0], live: 21)
      network.backward { _ in }
      bits +=
        [network.shard.gradients.checksum] + (0..<21).map { Buffer(network.inputGradients[0].sample($0)).checksum }
    }
    #expect(network.shard.gradients.isFinite)
    return (plan, bits)
  }

  @Test(arguments: ["branching", "resnet20", "mobilenet_v2", "squeezenet1_1", "densenet121", "lenet5"])
  func memoryDoesNotChangeABit(name: String) throws {
    let graph = try MemoryUseTests.graph(name)
    let fast = try MemoryUseTests.step(graph, .fast)
    for memory in [MemoryUse.balanced, .small] {
      let other = try MemoryUseTests.step(graph, memory)
      let differences = zip(other.bits, fast.bits).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
      #expect(differences.isEmpty, "\(memory)")
      // Kernels that are packed when they are used lie in the arena.
      #expect(other.plan.arenaCount <= fast.plan.arenaCount + fast.plan.table.preparedCount)
    }
  }

  @Test func normalizedValuesAreComputedAgain() throws {
    let graph = try Models.make("resnet50", input: [224, 224, 3], classes: 7)
    func plan(_ memory: MemoryUse) throws -> Plan {
      var planner = Planner()
      planner.memory = memory
      return try planner.plan(graph, lanes: 16, mode: .training)
    }
    let (fast, balanced, small) = (try plan(.fast), try plan(.balanced), try plan(.small))
    #expect(!fast.repeats)
    #expect(balanced.steps.allSatisfy { $0.again == nil || !($0.layer is Conv2D) })
    #expect(balanced.steps.contains { $0.again != nil && $0.layer is Networks.BatchNormalization })
    #expect(small.steps.contains { $0.again != nil && $0.layer is Conv2D })
    #expect(10 * balanced.arenaCount < 7 * fast.arenaCount && 10 * small.arenaCount < 8 * balanced.arenaCount)
    // What is computed again does not live from forward to the loss.
    for step in balanced.steps where step.again != nil {
      let kept = balanced.storages[step.outputs[0].storage]
      #expect(kept.end < balanced.lossTime || step.outputs[0].storage == step.again!.output.storage, "\(step.name)")
    }
  }

  /// A first convolution takes next to no time and a quarter of the memory.
  @Test func largeOutputsOfFewMultiplicationsAreComputedAgain() throws {
    let graph = try Models.make("vgg16", input: [224, 224, 3], classes: 7)
    var planner = Planner()
    planner.memory = .balanced
    let plan = try planner.plan(graph, lanes: 16, mode: .training)
    let repeated = plan.steps.filter { $0.again != nil && $0.multiplications > 0 }.map(\.name)
    #expect(repeated == ["conv2d"])
    planner.memory = .fast
    #expect(try 10 * plan.arenaCount < 9 * planner.plan(graph, lanes: 16, mode: .training).arenaCount)
  }

  /// Arenas are hardly larger than what lives in them at the worst time.
  @Test(arguments: ["resnet20", "resnet50", "vgg16", "mobilenet_v2", "densenet121"], [MemoryUse.fast, .balanced])
  func arenasAreTight(name: String, memory: MemoryUse) throws {
    var planner = Planner()
    planner.memory = memory
    let plan = try planner.plan(Models.make(name, input: [96, 96, 3], classes: 7), lanes: 16, mode: .training)
    let most = Set(plan.storages.map(\.start)).map { time in
      plan.storages.filter { $0.start <= time && time <= $0.end }.reduce(0) { $0 + $1.count }
    }.max()!
    #expect(plan.arenaCount >= most && 100 * plan.arenaCount < 103 * most)
  }

  /// The inputs of a concatenation along the channels are parts of it, forward and backward, however deep they nest.
  @Test func concatenationCopiesNothing() throws {
    let graph = try Models.make("densenet121", input: [32, 32, 3], classes: 7)
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    let steps = plan.steps.filter { $0.layer is Concatenate }
    #expect(steps.count == 58)
    for step in steps {
      let output = step.outputs[0]
      var channel = 0
      for (input, gradient) in zip(step.inputs, step.inputGradients) {
        #expect(input.storage == output.storage && input.start == output.start + channel * output.layout.channelStride)
        #expect(gradient?.storage == step.outputGradients[0].storage)
        #expect(
          gradient?.start == step.outputGradients[0].start + channel * step.outputGradients[0].layout.channelStride)
        channel += input.shape.channels
      }
    }
    // The 6 layers of the first block write into one memory.
    #expect(Set(steps[0..<6].map { $0.outputs[0].storage }).count == 1)
  }

  /// Storages that live at the same time never share a float, whatever runs again.
  @Test(arguments: ["branching", "resnet20", "densenet121"], MemoryUse.allCases)
  func livingStoragesAreApart(name: String, memory: MemoryUse) throws {
    let graph = try MemoryUseTests.graph(name)
    var planner = Planner()
    planner.memory = memory
    let plan = try planner.plan(graph, lanes: 16, mode: .training)
    let storages = plan.storages.filter { $0.count > 0 }
    for (index, first) in storages.enumerated() {
      #expect(first.range.upperBound <= plan.arenaCount)
      for second in storages[(index + 1)...] where first.start <= second.end && second.start <= first.end {
        #expect(!first.range.overlaps(second.range), "\(first.label) and \(second.label) overlap")
      }
    }
  }

  /// At inference batch norm is part of the convolution before it, unless somebody wants to see what is in between.
  @Test(arguments: ["resnet20", "mobilenet_v2", "densenet121"], MemoryUse.allCases)
  func foldedNormalizationsAgree(name: String, memory: MemoryUse) throws {
    let graph = try Models.make(name, input: [32, 32, 3], classes: 7)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 3)
    var random = RandomStream(seed: 9, purpose: .synthesis)
    for entry in weights.table.entries where entry.parameter.shape.count == 1 {
      for index in 0..<entry.parameter.count { weights[entry][index] = 0.5 + random.uniform() }
    }
    let image = (0..<3072).map { _ in random.uniform() }
    func outputs(keeping: Set<String>) throws -> (values: [Float], plan: Plan) {
      var planner = Planner()
      (planner.memory, planner.keeping, planner.guardFloats) = (memory, keeping, 16)
      let plan = try planner.plan(graph, lanes: 16, mode: .inference)
      let network = Network(plan, weights: weights, guarding: true)
      network.prepare()
      network.shard.live = 1
      network.beginInputs()
      for lane in 0..<16 { network.inputs[0].setSample(lane, image) }
      network.forward()
      return (network.outputs[0].sample(0), plan)
    }
    let convolutions = graph.nodes.filter { $0.layer is Conv2D || $0.layer is DepthwiseConv2D }.map(\.name)
    let (folded, plain) = (try outputs(keeping: []), try outputs(keeping: Set(convolutions)))
    let size = plain.values.map(abs).max()!
    for (value, wanted) in zip(folded.values, plain.values) { #expect(abs(value - wanted) <= 1e-5 * size) }
    // What stands before a value with two readers, as in DenseNet, stays.
    let left = folded.plan.steps.count { $0.layer is Networks.BatchNormalization }
    #expect(name == "densenet121" ? left == 62 : left == 0)
  }
}
