import Keras
import Networks
import Tensors
import Training

/// A model saved by Keras and the labelled batch of its golden file, in one shard.
struct GoldenTraining: CustomStringConvertible {
  static let losses: KeyValuePairs<String, [TrainingLoss]> = [
    "lenet": [.sparseCrossEntropy], "mlp": [.crossEntropy],
    "conv_geometry": Array(repeating: .meanSquaredError, count: 6), "merges": [.crossEntropy],
    "advanced_activations": [.crossEntropy], "batchnorm": [.crossEntropy], "norms": [.crossEntropy],
    "embedding_text": [.sparseCrossEntropy],
    "conv1d_stack": [.crossEntropy], "conv3d_stack": [.meanSquaredError],
    "conv_transpose": Array(repeating: .meanSquaredError, count: 6),
    "depthwise_separable": [.crossEntropyOfLogits],
    "spatial": Array(repeating: .meanSquaredError, count: 29),
    "pooling": Array(repeating: .meanSquaredError, count: 9), "residual": [.meanSquaredError, .crossEntropy],
    "nested_shared": [.crossEntropy], "multi_io": [.meanSquaredError, .crossEntropy],
    "training/spectral": [.meanSquaredError], "training/frozen": [.meanSquaredError],
    "training/masked": [.meanSquaredError], "training/resized": [.meanSquaredError, .meanSquaredError],
    "training/constrained": [.meanSquaredError], "training/renorm": [.meanSquaredError],
    "training/renorm_keras2": [.meanSquaredError], "training/activity": [.meanSquaredError, .meanSquaredError],
  ]

  let description: String
  let golden: Golden
  let weights: Weights
  let network: Network
  let inputs: [Golden.Array]
  private let targets: [Golden.Array]
  private let losses: [TrainingLoss]
  private let regularization: Regularization?

  /// - Parameter name: one of those in `losses`.
  init(_ name: String) throws {
    description = name
    losses = GoldenTraining.losses.first { $0.key == name }!.value
    // Several models in one folder, or a folder for each.
    let isFile = name.contains("/")
    golden = try Golden(isFile ? "\(name).golden.h5" : "\(name)/golden.h5")
    inputs = try golden.arrays("train/inputs")
    targets = try golden.arrays("train/targets")
    let model = try KerasModel(reading: fixture(isFile ? "\(name).keras" : "\(name)/k3.h5"))
    weights = try model.loadedWeights()
    var planner = Planner()
    planner.wantsInputGradients = true
    network = Network(try planner.plan(model.graph, lanes: 16, mode: .training), weights: weights)
    network.shard.gradients = Buffer(count: weights.table.trainableCount)
    regularization = Regularization(weights)
  }

  /// Forward, loss and backward; the gradients are left in the network.
  ///
  /// - Parameter penalizes: whether regularizers add to the gradients, as they do to the loss.
  func run(penalizes: Bool = true) -> (loss: Double, outputs: [[Float]]) {
    let count = inputs[0].samples.count
    network.beginStep()
    let outputs = network.run(inputs)
    var loss = 0.0
    for (index, targets) in targets.enumerated() {
      let (part, gradients) = losses[index]((0..<count).map { network.outputs[index].sample($0) }, targets.samples)
      loss += part
      let tensor = network.outputGradients[index]
      for lane in 0..<tensor.lanes {
        tensor.setSample(lane, lane < count ? gradients[lane] : Array(repeating: 0, count: tensor.shape.count))
      }
    }
    network.shard.imageWeight = 1 / Float(count)
    loss += network.shard.penalty / Double(count)
    network.backward { (_: Int) in }
    for entry in weights.table.entries where penalizes && entry.parameter.kind == .trainable {
      let gradients = network.shard.gradients[entry.range]
      entry.parameter.regularizer?.addGradient(of: weights.trainable[entry.range], to: gradients)
    }
    return (loss + (regularization?.term ?? 0), outputs)
  }
}
