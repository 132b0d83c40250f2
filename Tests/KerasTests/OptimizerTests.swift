import HDF5
import Networks
import Tensors
import Testing
import Training

/// Three steps from a model saved by Keras, regularizers and constraints included, pass through Keras's losses and end
/// in Keras's weights and moving statistics.
struct OptimizerTests {
  struct Case: Sendable {
    let name: String
    let choose: @Sendable (inout OptimizerChoice) -> Void
    let rate: Float
    /// Of the largest magnitude: Keras's own single precision differs by up to 1e-4 after three steps of Adam, where
    /// gradients are near zero; twice that is allowed.
    let tolerance: Float
  }

  static let cases: [Case] = [
    Case(name: "SGDM", choose: { $0.momentum = 0.9 }, rate: 0.05, tolerance: 1e-5),
    Case(name: "SGDN", choose: { ($0.momentum, $0.nesterov) = (0.9, true) }, rate: 0.05, tolerance: 1e-5),
    Case(name: "Adam", choose: { $0.name = .adam }, rate: 0.01, tolerance: 2e-4),
    Case(name: "AdamW", choose: { ($0.name, $0.weightDecay) = (.adamw, 0.02) }, rate: 0.01, tolerance: 2e-4),
    Case(
      name: "RMSprop", choose: { ($0.name, $0.rho, $0.momentum) = (.rmsprop, 0.8, 0.5) }, rate: 0.01, tolerance: 1e-4),
  ]
  /// With the epsilon of Adam.
  static let models: [(name: String, epsilon: Float)] = [
    ("lenet", 1e-7), ("mlp", 1e-7), ("conv_geometry", 1e-7), ("residual", 1e-3),
    ("advanced_activations", 1e-7), ("batchnorm", 1e-7), ("merges", 1e-7), ("norms", 1e-7), ("embedding_text", 1e-7),
    ("nested_shared", 1e-7), ("multi_io", 1e-7),
    ("conv1d_stack", 1e-7), ("conv3d_stack", 1e-7), ("conv_transpose", 1e-7), ("depthwise_separable", 1e-7),
    ("training/spectral", 1e-7), ("training/frozen", 1e-7), ("training/masked", 1e-7), ("training/resized", 1e-7),
    ("training/constrained", 1e-7), ("training/renorm", 1e-7), ("training/renorm_keras2", 1e-7),
    ("training/activity", 1e-7),
  ]

  /// Every case of every model, but for what the file of a model does not hold.
  static let pairs = models.flatMap { model in
    cases.indices.filter {
      model.name.contains("/") ? cases[$0].name == "SGDM" : model.name != "residual" || cases[$0].name != "RMSprop"
    }.map { (model, $0) }
  }

  @Test(arguments: pairs)
  func threeStepsAreThoseOfKeras(_ model: (name: String, epsilon: Float), _ index: Int) throws {
    let optimized = OptimizerTests.cases[index]
    var choice = OptimizerChoice()
    optimized.choose(&choice)
    if choice.name != .rmsprop { choice.epsilon = Double(model.epsilon) }
    let training = try GoldenTraining(model.name)
    let (weights, network) = (training.weights, training.network)
    let slots = (0..<choice.make().slotCount).map { _ in Buffer(count: weights.trainable.count) }
    let updater = WeightUpdater(
      choice, weights: weights, gradients: network.shard.gradients, slots: slots, pool: WorkerPool(count: 2))
    var losses: [Float] = []
    for step in 0..<3 {
      losses.append(Float(training.run(penalizes: false).loss))
      updater.update(rate: optimized.rate, step: step)
      network.updateStates(by: network.moments)
    }
    let path = "train/\(optimized.name)"
    let wanted = try training.golden.values("\(path)/losses")
    #expect(difference(losses, wanted) <= optimized.tolerance, "\(losses) instead of \(wanted)")
    let values = weights.table.entries.flatMap { weights[$0].values }
    let distance = difference(values, try training.golden.values("\(path)/weights"))
    #expect(distance <= optimized.tolerance, "\(model.name), \(optimized.name): \(distance)")
  }

  @Test(arguments: models.map(\.name).filter { !$0.contains("/") })
  func noOptimizerIsForgotten(_ model: String) throws {
    let group = try Golden("\(model)/golden.h5").root.group("train")
    let names = try group.names().filter { try group.kind(of: $0) == .group && group.contains("\($0)/losses") }
    let tested = OptimizerTests.pairs.filter { $0.0.name == model }.map { OptimizerTests.cases[$0.1].name }
    #expect(Set(names) == Set(tested))
  }
}
