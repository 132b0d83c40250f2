import Kernels
import Networks
import Tensors
import Testing

@Suite struct PlannerTests {
  private func plan(_ name: String, _ input: Shape, _ mode: Mode, lanes: Int = 16) throws -> Plan {
    try Planner().plan(try Models.make(name, input: input, classes: 10), lanes: lanes, mode: mode)
  }

  /// Storages that live at the same time never share a float.
  @Test(arguments: ["lenet5", "resnet20", "resnet56", "conv16-pool-conv32-pool-dense128-dense10"], Mode.allCases)
  func livingStoragesAreApart(name: String, mode: Mode) throws {
    let plan = try plan(name, name == "lenet5" ? [28, 28, 1] : [32, 32, 3], mode)
    let storages = plan.storages.filter { $0.count > 0 }
    for (index, first) in storages.enumerated() {
      #expect(first.range.upperBound <= plan.arenaCount)
      for second in storages[(index + 1)...] where first.start <= second.end && second.start <= first.end {
        #expect(!first.range.overlaps(second.range), "\(first.label) and \(second.label) overlap")
      }
    }
  }

  /// The lower bound is the most that lives at once; the greedy placement must come close.
  @Test(arguments: ["lenet5", "resnet20"], Mode.allCases) func littleMemoryIsWasted(name: String, mode: Mode) throws {
    let plan = try plan(name, name == "lenet5" ? [28, 28, 1] : [32, 32, 3], mode)
    let times = Set(plan.storages.map(\.start))
    let most = times.map { time in
      plan.storages.filter { $0.start <= time && time <= $0.end }.reduce(0) { $0 + $1.count }
    }.max()!
    #expect(plan.arenaCount >= most)
    #expect(Double(plan.arenaCount) <= 1.15 * Double(most), "\(plan.arenaCount) floats where \(most) live at once")
  }

  @Test func inferenceNeedsFarLessThanTraining() throws {
    let training = try plan("resnet20", [32, 32, 3], .training)
    // Packed when they are read, kernels with a normalisation in them take no memory of their own.
    var planner = Planner()
    planner.memory = .balanced
    let graph = try Models.make("resnet20", input: [32, 32, 3], classes: 10)
    let inference = try planner.plan(graph, lanes: 16, mode: .inference)
    #expect(inference.arenaCount * 4 < training.arenaCount)
  }

  /// ReLU behind batch norm or a sum is part of it; what is left works in place where nobody needs the old values.
  @Test func activationsWorkInPlaceWhereTheyMay() throws {
    let input = Symbol.input([8, 8, 4])
    let x = Conv2D(4, kernel: 3, padding: .same, activation: .tanh)(input, name: "conv")
    let graph = try Graph("g", inputs: [input], outputs: [x])
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    let convolution = plan.steps.first { $0.name == "conv" }!
    let activation = plan.steps.first { $0.name == "conv/activation" }!
    #expect(convolution.outputs[0].storage == activation.outputs[0].storage)
    #expect(activation.outputGradients[0].storage == activation.inputGradients[0]!.storage)
  }

  @Test func keptOutputsSurvive() throws {
    let graph = try Models.make("lenet5", input: [28, 28, 1], classes: 10)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 4)
    let names: Set<String> = ["conv2d", "flatten", "dense_1"]
    let image = (0..<784).map { Float($0 % 17) / 17 }
    let results = try Inference(graph, weights: weights, keeping: names).run([image])
    #expect(Set(results.kept.keys) == names)
    // What the layer with a tanh gives is behind the tanh.
    #expect(results.kept["conv2d"]!.allSatisfy { abs($0) <= 1 })
    #expect(results.kept["dense_1"]!.count == 84)
    #expect(results.outputs == (try Inference(graph, weights: weights).run([image]).outputs))
    #expect(throws: PlanError.self) { try Inference(graph, weights: weights, keeping: ["nothing"]) }
  }

  /// First weights are the same whoever draws which part of them.
  @Test func workersDrawTheSameWeights() throws {
    let graph = try Models.make("resnet20", input: [32, 32, 3], classes: 10)
    let (alone, together) = (Weights(ParameterTable(graph)), Weights(ParameterTable(graph)))
    alone.initialize(seed: 8)
    together.initialize(seed: 8, in: WorkerPool(count: 3))
    #expect(alone.trainable.checksum == together.trainable.checksum)
    #expect(alone.states.checksum == together.states.checksum)
    together.initialize(seed: 9)
    #expect(alone.trainable.checksum != together.trainable.checksum)
  }

  @Test func resultsDoNotDependOnTheCompanyOfASample() throws {
    let graph = try Models.make("resnet8", input: [16, 16, 3], classes: 10)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 1)
    var random = RandomStream(seed: 2, purpose: .synthesis)
    let samples = (0..<19 * 768).map { _ in random.uniform() }
    let together = try Inference(graph, weights: weights).run([samples]).outputs[0]
    let alone = try Inference(graph, weights: weights).run([Array(samples[18 * 768..<19 * 768])]).outputs[0]
    #expect(Array(together[180..<190]) == alone)
    #expect(try Inference(graph, weights: weights, batch: 40).run([samples]).outputs[0] == together)
  }
}
