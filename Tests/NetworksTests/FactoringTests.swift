import Kernels
import Networks
import Tensors
import Testing

/// Which gradients are kept as factors, and where the parameters lie then.
@Suite struct FactoringTests {
  private func factored(_ graph: Graph) -> [String] {
    ParameterTable(graph).entries.filter { $0.parameter.isFactored }.map(\.path)
  }

  @Test func largeKernelsOfFewImagesAreFactored() throws {
    let vgg = try Models.make("vgg16", input: [224, 224, 3], classes: 1000)
    #expect(factored(vgg).isEmpty)
    #expect(factored(vgg.factoringGradients(images: 32)) == ["dense/kernel", "dense_1/kernel", "dense_2/kernel"])
    // The factors of the last layer would not be much smaller.
    #expect(factored(vgg.factoringGradients(images: 256)) == ["dense/kernel", "dense_1/kernel"])
    #expect(factored(vgg.factoringGradients(images: 272)).isEmpty)
    let small = try Models.make("resnet20", input: [32, 32, 3], classes: 10)
    #expect(factored(small.factoringGradients(images: 16)).isEmpty)
  }

  @Test func sharedLayersAndPositionsAreNot() throws {
    let input = Symbol.input([1024])
    let shared = Dense(1024)
    let twice = try Graph("shared", inputs: [input], outputs: [shared(shared(input))])
    #expect(factored(twice.factoringGradients(images: 16)).count == 2)
    let rows = Symbol.input([3, 1024])
    #expect(
      factored(try Graph("rows", inputs: [rows], outputs: [Dense(1024)(rows)]).factoringGradients(images: 16)).isEmpty)
  }

  /// Gradients lie where their parameters do; those without one come last. Frozen layers have none at all.
  @Test func factoredParametersComeLast() throws {
    let graph = try Models.make("vgg16", input: [64, 64, 3], classes: 1000).factoringGradients(images: 32)
    let table = ParameterTable(graph)
    let (plain, others) = (table.entries.filter(\.hasGradient), table.entries.filter { !$0.hasGradient })
    #expect(others.count == 3 && others.allSatisfy { $0.range.lowerBound >= table.gradientCount })
    #expect(plain.allSatisfy { $0.range.upperBound <= table.gradientCount })
    let ranges = table.entries.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(ranges, ranges.dropFirst()) { #expect(first.upperBound <= second.lowerBound) }
    #expect(ranges.last!.upperBound <= table.trainableCount)
    // The last factors are there when the bias of the first dense layer has its gradient.
    let bias = try #require(table.entries.first { $0.path == "dense/bias" })
    #expect(table.factorsFinalAfter == bias.range.upperBound)
    let places = FactorTable(table, lanes: 16)
    #expect(places.places.map(\.entry.path).sorted() == others.map(\.path).sorted())

    let frozen = ParameterTable(try graph.freezing(["dense"]))
    #expect(FactorTable(frozen, lanes: 16).places.count == 2)
    #expect(table.entries.map(\.path) == frozen.entries.map(\.path))
  }

  /// The bits of whole plans: backward announces gradients in the same order, with the factors complete in time.
  @Test(arguments: [true, false]) func factorsAreCompleteWhenTheyAreAnnounced(usesBias: Bool) throws {
    let input = Symbol.input([1100])
    let middle = Dense(1000, activation: .relu, usesBias: usesBias)(Dense(1100, activation: .tanh)(input))
    let graph = try Graph("chain", inputs: [input], outputs: [Dense(3)(middle)]).factoringGradients(images: 16)
    let table = ParameterTable(graph)
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    #expect(plan.factors.places.count == 2)
    let weights = Weights(table)
    weights.initialize(seed: 1)
    let network = Network(plan, weights: weights)
    network.shard.gradients = Buffer(count: table.gradientCount)
    network.shard.factors = Buffer(count: plan.factors.count)
    network.shard.live = 4
    network.prepare()
    network.beginInputs()
    for lane in 0..<16 { network.inputs[0].setSample(lane, (0..<1100).map { Float(($0 * 7 + lane) % 13) / 13 }[...]) }
    network.forward()
    network.shard.factors.fill(.nan)
    for lane in 0..<16 { network.outputGradients[0].setSample(lane, lane < 4 ? [1, -2, 3] : [0, 0, 0]) }
    var announced: [Int] = []
    network.backward { count in
      announced.append(count)
      let areComplete = plan.factors.places.allSatisfy { !network.shard.factors[$0.range][0].isNaN }
      #expect(areComplete == (count >= table.factorsFinalAfter))
    }
    #expect(
      announced == announced.sorted() && announced.last! <= table.gradientCount
        && announced.last! > table.gradientCount - 16)
    #expect(network.shard.gradients.isFinite && plan.factors.isFinite(network.shard.factors, shards: 3))
  }
}
