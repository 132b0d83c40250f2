import Kernels
import Networks
import Tensors
import TestSupport

/// A network of one loss, whose inputs are the predictions, or what an activation makes predictions of, and the target.
struct LossRun {
  struct Result {
    var losses: [Float]
    var gradients: [[Float]]
  }

  private let network: Network
  private let shape: Shape
  private let targetShape: Shape

  init(_ loss: any LossLayer, _ shape: Shape, behind activation: ActivationFunction? = nil) throws {
    var graph = Graph(name: "loss")
    let input = try graph.append(Input(shape), named: "input", inputs: [])
    let target = try graph.append(Input(loss.targetShape(for: [shape])), named: "target", inputs: [])
    let predictions =
      try activation.map { try graph.append(Activation($0), named: "activation", inputs: [input]) } ?? input
    graph.setOutputs([try graph.append(loss, named: "loss", inputs: [predictions, target])])
    var planner = Planner()
    planner.wantsInputGradients = true
    let plan = try planner.plan(graph, lanes: 32, mode: .training)
    network = Network(plan, weights: Weights(ParameterTable(graph)))
    self.shape = shape
    targetShape = try loss.targetShape(for: [shape])
  }

  /// Predictions and targets as a sample of a loss wants them.
  func draw(
    _ sample: LossSamples.Sample, count: Int, predictions: LayerContract.Values? = nil
  ) -> (predictions: [[Float]], targets: [[Float]]) {
    var random = RandomStream(seed: 4, purpose: .synthesis)
    return (
      (0..<count).map { _ in (predictions ?? sample.predictions).draw(shape, &random) },
      (0..<count).map { _ in sample.target.draw(targetShape, &random) }
    )
  }

  /// Losses and gradients, times a factor for each image, by default 1.
  func run(_ predictions: [[Float]], _ targets: [[Float]], factors: [Float]? = nil) -> Result {
    network.shard.live = predictions.count
    network.prepare()
    network.beginInputs()
    for (tensor, samples) in zip(network.inputs, [predictions, targets]) {
      for lane in 0..<tensor.lanes {
        tensor.setSample(lane, lane < samples.count ? samples[lane] : Array(repeating: 0, count: tensor.shape.count))
      }
    }
    network.forward()
    let losses = predictions.indices.map { network.outputs[0].sample($0)[0] }
    for lane in 0..<network.outputs[0].lanes {
      network.outputGradients[0].setSample(lane, [lane < predictions.count ? factors?[lane] ?? 1 : 0])
    }
    network.backward { _ in }
    return Result(losses: losses, gradients: predictions.indices.map { network.inputGradients[0].sample($0) })
  }
}
