import Kernels
import Networks
import Tensors
import Testing

/// Losses as nodes behind a model.
@Suite struct TrainingGraphTests {
  /// An image with a class and a map of classes, by two losses of which one reads both.
  private static func model() throws -> Graph {
    let input = Symbol.input([4, 4, 2])
    let features = Conv2D(6, kernel: 3, padding: .same, activation: .tanh)(input)
    let map = Conv2D(3, kernel: 1, activation: .softmax)(features, name: "map")
    let kind = Dense(5, activation: .sigmoid)(Flatten()(features), name: "kind")
    return try Graph("two", inputs: [input], outputs: [map, kind])
  }

  private static let losses = [
    Graph.Loss(name: "map", layer: SparseCategoricalCrossentropy(ignoredClass: 2), outputs: [0], target: 0),
    Graph.Loss(name: "kind", layer: BinaryCrossentropy(labelSmoothing: 0.1), outputs: [1], target: 1),
  ]

  @Test func targetsAndLossesComeLast() throws {
    let model = try Self.model()
    let graph = try model.trained(with: Self.losses)
    #expect(graph.nodes.prefix(model.nodes.count).map(\.name) == model.nodes.map(\.name))
    #expect(graph.inputShapes == [[4, 4, 2], [4, 4, 1], [5]] && graph.outputShapes == [[1], [1]])
    #expect(graph.predictions == model.outputs)
    // Softmax and sigmoids have become part of their losses.
    let layers = graph.nodes.suffix(2).map(\.layer)
    #expect((layers[0] as? SparseCategoricalCrossentropy)?.isOfLogits == true)
    #expect((layers[1] as? BinaryCrossentropy)?.isOfLogits == true)
  }

  /// What a second loss reads as it is, the first one does not take over.
  @Test func anActivationThatOthersReadStays() throws {
    var losses = Self.losses
    losses.append(Graph.Loss(name: "other", layer: BinaryCrossentropy(), outputs: [0], target: 2))
    let graph = try Self.model().trained(with: losses)
    #expect((graph.nodes.first { $0.name == "loss/map" }?.layer as? SparseCategoricalCrossentropy)?.isOfLogits == false)
    #expect((graph.nodes.first { $0.name == "loss/kind" }?.layer as? BinaryCrossentropy)?.isOfLogits == true)
  }

  @Test func aTargetOfAnotherShape() throws {
    var graph = Graph(name: "wrong")
    let input = try graph.append(Input([3]), named: "input", inputs: [])
    let target = try graph.append(Input([2]), named: "target", inputs: [])
    let error = #expect(throws: ShapeError.self) {
      try graph.append(BinaryCrossentropy(), named: "loss", inputs: [input, target])
    }
    #expect(
      error?.description.contains("targets of shape (3,) for predictions of shape (3,), but is given (2,)") == true)
  }

  /// Loss and gradients are those of the same model whose probabilities are written out, by finite differences.
  @Test(arguments: MemoryUse.allCases) func derivativesAgreeWithDifferences(memory: MemoryUse) throws {
    let graph = try Self.model().trained(with: Self.losses)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 2)
    var planner = Planner()
    planner.memory = memory
    let network = Network(try planner.plan(graph, lanes: 16, mode: .training), weights: weights, guarding: false)
    network.shard.gradients = Buffer(count: weights.table.gradientCount)
    var stream = RandomStream(seed: 1, purpose: .synthesis)
    let tensors = graph.inputShapes.map { Tensor($0, lanes: 16) }
    for lane in 0..<3 {
      tensors[0].setSample(lane, (0..<32).map { _ in stream.normal() })
      tensors[1].setSample(lane, (0..<16).map { _ in Float(stream.integer(below: 3)) })
      tensors[2].setSample(lane, (0..<5).map { _ in Float(stream.integer(below: 2)) })
    }
    let weightsOfLosses: [Float] = [0.75, 0.25]
    func loss() -> Double {
      network.prepare()
      network.load([tensors[0]], targets: [tensors[1], tensors[2]], live: 3)
      network.forward()
      return (0..<2).reduce(0) { sum, index in
        (0..<3).reduce(sum) { $0 + Double(weightsOfLosses[index]) * network.losses[index][$1] }
      }
    }
    let value = loss()
    #expect(value > 0 && (3..<16).allSatisfy { network.losses[0][$0] == 0 && network.losses[1][$0] == 0 })
    #expect(network.predictions.map(\.shape) == [[4, 4, 3], [5]])
    for (index, gradient) in network.outputGradients.enumerated() {
      for lane in 0..<16 { gradient.setSample(lane, [lane < 3 ? weightsOfLosses[index] : 0]) }
    }
    network.backward { (_: Int) in }
    let gradients = network.shard.gradients.values
    for entry in weights.table.entries {
      let original = weights[entry].values
      let direction = original.map { _ in stream.normal() }
      func moved(_ step: Float) -> Double {
        weights[entry].replace(with: zip(original, direction).map { $0 + step * $1 })
        defer { weights[entry].replace(with: original) }
        return loss()
      }
      let numeric = (moved(1e-2) - moved(-1e-2)) / 2e-2
      let analytic = zip(gradients[entry.range], direction).reduce(0) { $0 + Double($1.0 * $1.1) }
      #expect(abs(numeric - analytic) < 5e-3 * (1 + abs(analytic)), "\(entry.path): \(numeric), \(analytic)")
    }
  }
}
