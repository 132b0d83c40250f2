import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing
import Training

/// Writes models for Tests/Fixtures/keras/check_with_keras.py, which loads them into Keras; runs only when asked to.
struct KerasCheckTests {
  static let folder = ProcessInfo.processInfo.environment["CONVOY_KERAS_CHECK_FOLDER"]

  @Test(
    .enabled(if: folder != nil),
    arguments: [
      "lenet", "mlp", "conv_geometry", "conv1d_stack", "conv3d_stack", "conv_transpose", "depthwise_separable",
      "spatial", "residual", "nested_shared", "frozen_nested", "multi_io", "operators_k3",
    ])
  func exports(_ name: String) throws {
    let model = try KerasModel(reading: fixture("\(name)/k3.h5"))
    try export(model.graph, try model.loadedWeights(), as: name)
  }

  @Test(
    .enabled(if: folder != nil),
    arguments: [
      "lenet5", "resnet20", "conv16-pool-conv32-pool-dense128-dense10", "resnet18", "squeezenet1_1", "mobilenet_v2",
      "densenet121", "unet-3-8", "unet:keras:mobilenetv2", "fcn:resnet20", "fcn8s", "fcn_resnet50",
      "deeplabv3_resnet50", "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large", "mobilenet_v3_large",
    ])
  func exportsModelsOfOurOwn(_ name: String) throws {
    let small = Models.usualInput(of: name)
    let graph = try Models.make(name, input: small.height > 32 ? [64, 62, 3] : small, classes: 10)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 5)
    var stream = RandomStream(seed: 2, purpose: .synthesis)
    for entry in weights.table.entries where entry.parameter.isState {
      let isVariance = entry.parameter.name == "moving_variance"
      for index in 0..<entry.range.count {
        weights[entry][index] += isVariance ? stream.uniform() / 2 : stream.normal() / 10
      }
    }
    // Untrained, the networks are so sure of one class that softmax would hide every difference.
    let last = try #require(weights.table.entries.last { $0.parameter.name == "kernel" })
    for index in 0..<last.range.count { weights[last][index] *= 0.1 }
    try export(graph, weights, as: name.replacing(":", with: "_"))
  }

  @Test(.enabled(if: folder != nil)) func exportsConvolvedClassifiers() throws {
    let graph = try Sequential("convolved", input: [32, 32, 1]) {
      Conv2D(6, kernel: 5, activation: .tanh)
      AveragePooling2D()
      Conv2D(16, kernel: 5, activation: .tanh)
      AveragePooling2D()
      Flatten()
      Dense(120, activation: .tanh)
      Dense(10, activation: .softmax)
    }.graph().convolving().graph.resized(to: [44, 37, 1])
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 5)
    try export(graph, weights, as: "convolved")
  }

  @Test(.enabled(if: folder != nil)) func exportsRegularizers() throws {
    let graph = try Sequential("regularized", input: [8, 8, 3]) {
      Conv2D(4, kernel: 3, kernelRegularizer: Regularizer(l1: 0.01, l2: 0.02), biasRegularizer: Regularizer(l1: 0.5))
      BatchNormalization(betaRegularizer: Regularizer(l1: 0.3), gammaRegularizer: Regularizer(l2: 0.4))
      ReLU()
      Flatten()
      Dense(3, kernelRegularizer: Regularizer(l2: 0.1), biasRegularizer: Regularizer(l1: 0.2, l2: 0.3))
    }.graph()
    let weights = Weights(ParameterTable(graph))
    var stream = RandomStream(seed: 3, purpose: .synthesis)
    for index in 0..<weights.trainable.count { weights.trainable[index] = stream.normal() }
    weights.states.fill(1)
    try export(graph, weights, as: "regularized")
  }

  private func export(_ graph: Graph, _ weights: Weights, as name: String) throws {
    let path = try #require(KerasCheckTests.folder) + "/\(name)"
    let file = try File(creating: "\(path).h5")
    try KerasModel.write(graph, weights, to: file)
    // What a checkpoint adds must not disturb Keras.
    try file.root.createGroup("convoy").attributes.set("step", 7)
    try file.root.attributes.set("convoy", "{}")
    try file.close()
    try KerasModel.export(graph, weights, as: .keras, notes: "{}", to: "\(path).keras")
    try KerasModel.export(graph, weights, as: .weights, notes: "{}", to: "\(path).weights.h5")
    try KerasModel.export(graph, weights, as: .layerWeights, notes: "{}", to: "\(path).layers.h5")

    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    var stream = RandomStream(seed: 1, purpose: .synthesis)
    let inputs = network.inputs.map { tensor in
      Golden.Array(samples: (0..<16).map { _ in (0..<tensor.shape.count).map { _ in stream.normal() } })
    }
    let outputs = network.run(inputs)
    let golden = try File(creating: "\(path).golden.h5")
    let term = Regularization(weights)?.term ?? 0
    try golden.root.write("regularization", [Float(term)], shape: [1])
    for (index, array) in inputs.enumerated() {
      try golden.root.write("inputs/\(index)", array.values, shape: [16] + network.inputs[index].shape.dimensions)
    }
    for (index, values) in outputs.enumerated() {
      try golden.root.write("outputs/\(index)", values, shape: [16] + network.outputs[index].shape.dimensions)
    }
    try golden.close()
  }
}
