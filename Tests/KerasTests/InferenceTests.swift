import HDF5
import Keras
import Networks
import Testing

/// Models saved by Keras give Keras's outputs.
struct InferenceTests {
  static let models: [(file: String, golden: String)] = [
    ("lenet/k2.h5", "lenet/golden.h5"), ("lenet/k3.h5", "lenet/golden.h5"),
    ("mlp/k2.h5", "mlp/golden.h5"), ("mlp/k3.h5", "mlp/golden.h5"),
    ("conv_geometry/k2.h5", "conv_geometry/golden.h5"), ("conv_geometry/k3.h5", "conv_geometry/golden.h5"),
    ("conv1d_stack/k2.h5", "conv1d_stack/golden.h5"), ("conv1d_stack/k3.h5", "conv1d_stack/golden.h5"),
    ("conv3d_stack/k2.h5", "conv3d_stack/golden.h5"), ("conv3d_stack/k3.h5", "conv3d_stack/golden.h5"),
    ("conv_transpose/k2.h5", "conv_transpose/golden.h5"), ("conv_transpose/k3.h5", "conv_transpose/golden.h5"),
    ("depthwise_separable/k2.h5", "depthwise_separable/golden.h5"),
    ("depthwise_separable/k3.h5", "depthwise_separable/golden.h5"),
    ("spatial/k2.h5", "spatial/golden.h5"), ("spatial/k3.h5", "spatial/golden.h5"),
    ("residual/k2.h5", "residual/golden.h5"), ("residual/k3.h5", "residual/golden.h5"),
    ("activations/k2.h5", "activations/golden.h5"), ("activations/k3.h5", "activations/golden.h5"),
    ("advanced_activations/k2.h5", "advanced_activations/golden.h5"),
    ("advanced_activations/k3.h5", "advanced_activations/golden.h5"),
    ("dropouts/k2.h5", "dropouts/golden.h5"), ("dropouts/k3.h5", "dropouts/golden.h5"),
    ("embedding_text/k2.h5", "embedding_text/golden.h5"), ("embedding_text/k3.h5", "embedding_text/golden.h5"),
    ("keras2_only/k2.h5", "keras2_only/golden.h5"),
    ("preprocessing/k2.h5", "preprocessing/golden.h5"), ("preprocessing/k3.h5", "preprocessing/golden.h5"),
    ("random_crop/k2.h5", "random_crop/golden.h5"),
    ("merges/k2.h5", "merges/golden.h5"), ("merges/k3.h5", "merges/golden.h5"),
    ("batchnorm/k2.h5", "batchnorm/golden.h5"), ("batchnorm/k3.h5", "batchnorm/golden.h5"),
    ("norms/k2.h5", "norms/golden.h5"), ("norms/k3.h5", "norms/golden.h5"),
    ("pooling/k2.h5", "pooling/golden.h5"), ("pooling/k3.h5", "pooling/golden.h5"),
    ("nested_shared/k2.h5", "nested_shared/golden.h5"), ("nested_shared/k3.h5", "nested_shared/golden.h5"),
    ("frozen_nested/k2.h5", "frozen_nested/golden.h5"), ("frozen_nested/k3.h5", "frozen_nested/golden.h5"),
    ("multi_io/k2.h5", "multi_io/golden.h5"), ("multi_io/k3.h5", "multi_io/golden.h5"),
    ("keras2_only/k2.h5", "keras2_only/golden.h5"),
    ("channels_first/k2.h5", "channels_first/golden.h5"), ("channels_first/k3.h5", "channels_first/golden.h5"),
    ("operators_k2/k2.h5", "operators_k2/golden.h5"), ("operators_k3/k3.h5", "operators_k3/golden.h5"),
    ("variants/lenet.fixed_strings.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.compressed.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.latest.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.big_endian.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.double.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.userblock.k2.h5", "variants/lenet.golden.h5"),
    ("variants/lenet.keras20_list.h5", "variants/lenet.golden.h5"),
    ("lenet/k3.keras", "lenet/golden.h5"), ("mlp/k3.keras", "mlp/golden.h5"),
    ("variants/lenet.deflated.keras", "variants/lenet.golden.h5"),
    ("variants/lenet.directory", "variants/lenet.golden.h5"), ("mlp/k2.keras", "mlp/golden.h5"),
  ]

  @Test(arguments: models.indices) func outputsAreThoseOfKeras(_ index: Int) throws {
    let (file, name) = InferenceTests.models[index]
    let model = try KerasModel(reading: fixture(file))
    let plan = try Planner().plan(model.graph, lanes: 16, mode: .inference)
    let network = Network(plan, weights: try model.loadedWeights())
    let golden = try Golden(name)
    let inputs = try golden.arrays("inputs").enumerated().map { index, array in
      model.graph.channelsFirstInputs.contains(index) ? array.channelsLast(model.graph.inputShapes[index]) : array
    }
    let outputs = network.run(inputs)
    // Some functions are others in Keras 2 than in Keras 3.
    let differs = try golden.root.names().contains("outputs_k2") && file.contains("k2")
    let wanted = try golden.arrays(differs ? "outputs_k2" : "outputs")
    #expect(outputs.count == wanted.count)
    for (output, array) in zip(outputs, wanted) { #expect(difference(output, array.values) <= 1e-5, "\(file)") }
  }

  /// Models in other floats than 32-bit ones run in these; Keras computed the outputs in its own.
  @Test(
    arguments: [("float64", 1e-5), ("mixed_float16", 2e-3), ("float16", 2e-3), ("bfloat16", 2e-2)] as [(String, Float)])
  func otherFloatsAreConverted(_ type: String, _ tolerance: Float) throws {
    let model = try KerasModel(reading: fixture("variants/half.\(type).keras"))
    let golden = try Golden("variants/half.\(type).golden.h5")
    let outputs = try Inference(model.graph, weights: model.loadedWeights()).run(golden.arrays("inputs").map(\.values))
    #expect(difference(outputs.outputs[0], try golden.arrays("outputs")[0].values) <= tolerance)
  }

  @Test(arguments: [
    "lenet/k2_weights.h5", "lenet/k3.weights.h5", "mlp/k2_weights.h5", "mlp/k3.weights.h5", "mlp/k2.weights.h5",
    "variants/lenet.theano.k2_weights.h5", "variants/lenet.keras1_th.weights.h5",
    "variants/lenet.latest_compressed.k3.weights.h5", "variants/lenet.checkpoint_dependencies.weights.h5",
  ])
  func weightsAloneFillAModelThatIsGiven(_ file: String) throws {
    let model = try KerasModel(reading: fixture(file.contains("mlp") ? "mlp/k3.h5" : "lenet/k3.h5"))
    let stored = try KerasWeights(reading: fixture(file))
    #expect(!stored.format.hasArchitecture)
    let weights = Weights(ParameterTable(model.graph))
    try stored.load(into: weights, of: model.graph)
    #expect(weights.byPath == (try model.loadedWeights().byPath))
  }
}
