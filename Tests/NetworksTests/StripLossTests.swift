import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Losses of images that are cut into strips: what the strips add makes the loss of the image.
@Suite struct StripLossTests {
  private struct Run {
    let plan: Plan
    let network: Network

    init(_ graph: Graph, strips: Strips?, cuttingPredictions: Bool) throws {
      var planner = Planner()
      (planner.strips, planner.guardFloats) = (strips, 16)
      planner.cutPredictions = cuttingPredictions ? [0] : []
      plan = try planner.plan(graph, lanes: 16, mode: .training)
      let weights = Weights(ParameterTable(graph))
      weights.initialize(seed: 3)
      network = Network(plan, weights: weights, guarding: true)
      network.prepare()
      network.shard.gradients = Buffer(count: weights.table.trainableCount)
    }

    /// Predictions, losses, and gradients of weights.
    func step(_ images: [[Float]], _ targets: [[Float]]) -> [(name: String, numbers: [Float])] {
      network.shard.live = images.count
      network.beginInputs()
      for (tensor, samples) in zip(network.inputs, [images, targets]) {
        for lane in 0..<16 {
          tensor.setSample(lane, lane < images.count ? samples[lane] : Array(repeating: 0, count: tensor.shape.count))
        }
      }
      network.forward()
      let losses = (0..<16).map { Float(network.losses[0][$0]) }
      #expect(images.indices.allSatisfy { network.outputs[0].sample($0) == [losses[$0]] })
      let predictions = predictions
      for lane in 0..<16 { network.outputGradients[0].setSample(lane, [lane < images.count ? Float(lane + 1) : 0]) }
      network.backward { _ in }
      return [
        ("predictions", predictions), ("losses", losses), ("gradients", network.shard.gradients.values),
      ]
    }

    /// Of whole images.
    private var predictions: [Float] {
      let tensor = network.predictions[0]
      guard let strips = plan.predictionStrips[0] else { return network.read(tensor) }
      let whole = Tensor(strips.image(of: tensor.shape), lanes: 16)
      StripMove(from: strips, to: Strips(strips.axis, count: 1))(tensor, into: whole)
      return network.read(whole)
    }
  }

  private static let trials = LossSamples.all.filter { $0.shape.rank == 3 && $0.shape.channels != 4 }

  /// With a cropping in front of the loss, after which images have another number of rows, or with none.
  @Test(arguments: trials, [true, false])
  func stripsMakeTheLossOfTheImage(sample: LossSamples.Sample, isCropped: Bool) throws {
    let loss = try sample.loss
    let channels = sample.shape.channels
    let ending: ActivationFunction = sample.arguments["from_logits"] == true ? .linear : .sigmoid
    let image = Symbol.input([isCropped ? 12 : 8, 10, 3])
    var maps = Conv2D(channels, kernel: 3, padding: .same, activation: ending)(
      Conv2D(24, kernel: 3, padding: .same, activation: .tanh)(image))
    if isCropped { maps = Cropping2D(top: 1, bottom: 2, left: 2, right: 0)(maps) }
    let model = try Graph("model", inputs: [image], outputs: [maps])
    let graph = try model.trained(with: [Graph.Loss(name: "loss", layer: loss, outputs: [0], target: 0)])
    var random = RandomStream(seed: 4, purpose: .synthesis)
    let images = (0..<3).map { _ in (0..<image.shape!.count).map { _ in random.normal() } }
    let target = try loss.targetShape(for: [try #require(maps.shape)])
    let targets = images.map { _ in sample.target.draw(target, &random) }
    let wanted = try Run(graph, strips: nil, cuttingPredictions: false).step(images, targets)
    for cuttingPredictions in [false, true] {
      let run = try Run(graph, strips: Strips(.rows, count: 4), cuttingPredictions: cuttingPredictions)
      let isCut = run.plan.steps.contains { $0.layer is any LossLayer && $0.strips == (isCropped ? 3 : 4) }
      #expect(isCut == loss.isSumOfStrips(of: try #require(maps.shape)))
      #expect((run.plan.predictionStrips[0] != nil) == (isCut && cuttingPredictions))
      for (own, other) in zip(run.step(images, targets), wanted) {
        let size = other.numbers.map(abs).max() ?? 0
        let difference = zip(own.numbers, other.numbers).map { abs($0 - $1) }.max() ?? 0
        #expect(difference <= 2e-5 * (1e-3 + size) && size > 0, "\(own.name): \(difference) of \(size)")
      }
    }
  }
}
