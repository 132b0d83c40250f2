import Foundation
import Keras
import Networks
import Tensors
import Testing

/// Models saved by Keras give Keras's outputs, loss and gradients in training.
struct TrainingTests {
  enum Loss {
    /// The labels are class numbers.
    case sparseCrossEntropy
    case crossEntropy
    case meanSquaredError

    /// Value and gradient for a batch, by Keras's formulas: the mean over samples, of -sum y log(p / sum p) or of the
    /// mean of (y - p)^2.
    func callAsFunction(_ outputs: [[Float]], _ targets: [[Float]]) -> (value: Double, gradients: [[Float]]) {
      let count = Double(outputs.count)
      var value = 0.0
      var gradients: [[Float]] = []
      for (output, target) in zip(outputs, targets) {
        let p = output.map(Double.init)
        switch self {
        case .sparseCrossEntropy, .crossEntropy:
          let y = self == .crossEntropy ? target.map(Double.init) : p.indices.map { $0 == Int(target[0]) ? 1 : 0 }
          let (sum, total) = (p.reduce(0, +), y.reduce(0, +))
          value -= zip(y, p).reduce(0) { $0 + $1.0 * log($1.1 / sum) } / count
          gradients.append(zip(y, p).map { Float((total / sum - $0 / $1) / count) })
        case .meanSquaredError:
          let y = target.map(Double.init)
          let size = count * Double(p.count)
          value += zip(y, p).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size
          gradients.append(zip(y, p).map { Float(2 * ($1 - $0) / size) })
        }
      }
      return (value, gradients)
    }
  }

  /// - Parameter decay: kernel and factor of an L2 term in the golden loss.
  static let models: [(name: String, losses: [Loss], decay: (path: String, factor: Double)?)] = [
    ("lenet", [.sparseCrossEntropy], ("dense/kernel", 0.02)), ("mlp", [.crossEntropy], nil),
    ("conv_geometry", Array(repeating: .meanSquaredError, count: 6), nil),
    ("residual", [.meanSquaredError, .crossEntropy], nil),
  ]

  @Test(arguments: models.indices) func lossAndGradientsAreThoseOfKeras(_ index: Int) throws {
    let (name, losses, decay) = TrainingTests.models[index]
    let model = try KerasModel(reading: fixture("\(name)/k3.h5"))
    let weights = try model.loadedWeights()
    var planner = Planner()
    planner.wantsInputGradients = true
    let network = Network(try planner.plan(model.graph, lanes: 16, mode: .training), weights: weights)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    let golden = try Golden("\(name)/golden.h5")
    let inputs = try golden.arrays("train/inputs")
    let count = inputs[0].samples.count

    let outputs = network.run(inputs)
    for (output, wanted) in zip(outputs, try golden.arrays("train/outputs")) {
      #expect(difference(output, wanted.values) <= 1e-5)
    }

    var value = 0.0
    for (index, targets) in try golden.arrays("train/targets").enumerated() {
      let (part, gradients) = losses[index]((0..<count).map { network.outputs[index].sample($0) }, targets.samples)
      value += part
      let tensor = network.outputGradients[index]
      for lane in 0..<tensor.lanes {
        tensor.setSample(lane, lane < count ? gradients[lane] : Array(repeating: 0, count: tensor.shape.count))
      }
    }
    let decayed = weights.table.entries.first { $0.path == decay?.path }
    if let decayed, let decay {
      value += decay.factor * weights[decayed].values.reduce(0) { $0 + Double($1) * Double($1) }
    }
    #expect(abs(value - Double(try golden.values("train/loss")[0])) <= 1e-5 * abs(value))

    network.backward { (_: Int) in }
    for (tensor, wanted) in zip(network.inputGradients, try golden.arrays("train/grad_inputs")) {
      #expect(difference((0..<count).flatMap { tensor.sample($0) }, wanted.values) <= 1e-5)
    }
    if let decayed, let decay {
      let gradient = network.shard.gradients[decayed.range]
      for position in 0..<gradient.count { gradient[position] += 2 * Float(decay.factor) * weights[decayed][position] }
    }
    let trained = weights.table.entries.filter { $0.parameter.kind == .trainable }
    let wanted = try golden.values("train/grads")
    #expect(difference(trained.flatMap { network.shard.gradients[$0.range].values }, wanted) <= 1e-5)
  }
}
