import Networks
import Tensors
import Testing

extension LayerContract {
  /// One network with fixed inputs, weights and output gradients.
  final class Run {
    let contract: LayerContract
    let network: Network
    let location: SourceLocation
    /// By input, lane and element.
    var inputs: [[[Float]]]
    /// Gradients of the outputs, by output, lane and element.
    let cotangents: [[[Float]]]
    private var random = RandomStream(seed: 11, purpose: .synthesis)

    init(_ contract: LayerContract, _ location: SourceLocation) throws {
      (self.contract, self.location) = (contract, location)
      var planner = Planner()
      planner.wantsInputGradients = true
      planner.guardFloats = 16
      let plan = try planner.plan(contract.graph, lanes: contract.lanes, mode: .training)
      let weights = Weights(ParameterTable(contract.graph))
      network = Network(plan, weights: weights, guarding: true)
      var random = RandomStream(seed: 3, purpose: .synthesis)
      inputs = contract.graph.inputShapes.enumerated().map { index, shape in
        let values = contract.undifferentiated[index] ?? contract.values
        return (0..<contract.live).map { _ in values.draw(shape, &random) }
      }
      cotangents = contract.graph.outputShapes.map { shape in
        (0..<contract.live).map { _ in LayerContract.Values.smooth.draw(shape, &random) }
      }
      for entry in weights.table.entries {
        let spread: Float =
          entry.parameter.shape.count > 1 ? 1 / Float(entry.parameter.count).squareRoot().squareRoot() : 0.3
        let centre: Float = entry.parameter.name == "gamma" || entry.parameter.name == "moving_variance" ? 1.5 : 0
        for index in 0..<entry.parameter.count { weights[entry][index] = centre + spread * random.normal().clamped() }
      }
      network.shard.gradients = Buffer(count: weights.table.trainableCount)
      (network.shard.live, network.shard.seed) = (contract.live, 5)
      for lane in 0..<contract.live { network.shard.sampleIDs[lane] = UInt32(100 + lane) }
    }

    /// Runs forward with `garbage` in the dead lanes of the inputs.
    func forward(garbage: Float = 0.25) {
      network.prepare()
      network.beginInputs()
      for (tensor, samples) in zip(network.inputs, inputs) {
        for lane in 0..<contract.lanes {
          tensor.setSample(
            lane, lane < samples.count ? samples[lane] : Array(repeating: garbage, count: tensor.shape.count))
        }
      }
      network.forward()
    }

    func backward() {
      for (tensor, samples) in zip(network.outputGradients, cotangents) {
        for lane in 0..<contract.lanes {
          tensor.setSample(lane, lane < samples.count ? samples[lane] : Array(repeating: 0, count: tensor.shape.count))
        }
      }
      network.shard.gradients.fill(.nan)
      for entry in network.weights.table.entries where entry.parameter.kind == .trainable {
        network.shard.gradients[entry.range].fill(.nan)
      }
      network.backward { _ in }
    }

    /// The sum of outputs times cotangents, and what layers add to a loss, in double precision.
    func loss() -> Double {
      forward()
      var sum = network.shard.penalty
      for (tensor, samples) in zip(network.outputs, cotangents) {
        for lane in samples.indices {
          for (value, weight) in zip(tensor.sample(lane), samples[lane]) { sum += Double(value) * Double(weight) }
        }
      }
      return sum
    }

    func direction(_ count: Int) -> [Float] { (0..<count).map { _ in random.normal().clamped() } }
  }
}

extension Float {
  fileprivate func clamped() -> Float { Swift.max(-2, Swift.min(2, self)) }
}
