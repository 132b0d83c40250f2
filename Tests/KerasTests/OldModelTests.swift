import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Files of Keras 1 and of Keras 2.0 to 2.3, written by Tests/Fixtures/keras/old_models.py; and names that versions of
/// Keras, TensorFlow and packages gave to classes.
struct OldModelTests {
  @Test(arguments: [
    "keras1_channels_first", "keras1_graph", "keras1_images", "keras1_merged", "keras1_sequence", "keras1_volumes",
    "keras20_chains", "keras22_chains", "keras22_functional_base",
  ])
  func outputsAreThoseOfKeras(_ name: String) throws {
    let golden = try Golden("old/\(name).h5.golden.h5")
    let model = try KerasModel(reading: fixture("old/\(name).h5"))
    let weights = try model.loadedWeights()
    try check(model.graph, weights, golden)
    for format in name == "keras1_images" ? [ExportFormat.h5] : [.keras, .h5] {
      try withTemporaryPath { path in
        let path = format == .keras ? path.replacing(".h5", with: ".keras") : path
        try KerasModel.export(model.graph, weights, as: format, to: path)
        let again = try KerasModel(reading: path)
        #expect(again.graph.difference(from: model.graph) == nil)
        #expect(try again.loadedWeights().byPath == weights.byPath)
      }
    }
  }

  private func check(_ graph: Graph, _ weights: Weights, _ golden: Golden) throws {
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    let inputs = try golden.arrays("inputs").enumerated().map { index, array in
      graph.channelsFirstInputs.contains(index) ? array.channelsLast(network.inputs[index].shape) : array
    }
    for (output, array) in zip(network.run(inputs), try golden.arrays("outputs")) {
      #expect(difference(output, array.values) <= 1e-5)
    }
  }

  /// What Keras 1 could do and no version since can is refused.
  @Test(arguments: [
    (
      #"{"class_name":"Convolution2D","config":{"name":"c","nb_filter":2,"nb_row":3,"nb_col":3,"border_mode":"full"}}"#,
      "full"
    ),
    (#"{"class_name":"BatchNormalization","config":{"name":"b","mode":2,"axis":-1}}"#, "mode"),
    (#"{"class_name":"Merge","config":{"name":"m","mode":"cos","mode_type":"raw"}}"#, "'cos'"),
    (#"{"class_name":"Merge","config":{"name":"m","mode":"f","mode_type":"lambda"}}"#, "Python"),
    (#"{"class_name":"MaxoutDense","config":{"name":"m","output_dim":3}}"#, "'MaxoutDense'"),
    (
      #"""
      {"class_name":"Deconvolution2D","config":{"name":"d","nb_filter":2,"nb_row":3,"nb_col":3,"subsample":[2,2],
      "output_shape":[null,18,18,2]}}
      """#, "output_shape"
    ),
  ])
  func whatOnlyKeras1HasIsRefused(_ layer: String, _ word: String) throws {
    let json = """
      {"class_name":"Sequential","config":[{"class_name":"Activation","config":{"name":"first","activation":"relu",
      "batch_input_shape":[null,8,8,3]}},\(layer)]}
      """
    let model = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    let error = try #require(throws: ImportError.self) { try Graph(kerasModel: model, kerasVersion: 1) }
    #expect(error.description.contains(word), "\(error)")
  }

  @Test(arguments: [
    ("BatchNormalizationV1", "BatchNormalization"), ("BatchNormalizationV2", "BatchNormalization"),
    ("SyncBatchNormalization", "BatchNormalization"), ("LayerNormalizationV2", "LayerNormalization"),
    ("GlobalAvgPool2D", "GlobalAveragePooling2D"), ("MaxPool2D", "MaxPooling2D"), ("FixedDropout", "Dropout"),
    ("Custom>CastToFloat32", "Identity"), ("Addons>InstanceNormalization", "GroupNormalization"),
  ])
  func classesHaveOtherNames(_ className: String, _ ours: String) throws {
    let more = [
      "Dropout": #","rate":0.2,"noise_shape":[null,1,1,1]"#, "GroupNormalization": #","groups":-1"#,
    ]
    for entry in [
      #""class_name":"\#(className)""#,
      #""class_name":"\#(className.split(separator: ">").last!)","registered_name":"\#(className)""#,
    ] {
      let graph = try graph(
        """
        {"class_name":"Sequential","config":{"name":"m","build_input_shape":[null,4,4,2],"layers":[
        {\(entry),"config":{"name":"layer","trainable":true,"dtype":"float32"\(more[ours] ?? "")}}]}}
        """)
      #expect(graph.nodes.last?.layer.kerasName == ours)
    }
  }

  /// Settings of the author's own change no output: training does without them and says so; a configuration may not
  /// have them.
  @Test func settingsOfTheAuthorsOwn() throws {
    let config = #"""
      {"name":"conv","filters":2,"kernel_size":3,"kernel_initializer":{"class_name":"EfficientConv2DKernelInitializer",
      "config":{"scale":2}},"kernel_regularizer":{"class_name":"L2","registered_name":"mine>L2","config":{"k":1}},
      "bias_constraint":{"class_name":"Tied","config":{}},"activity_regularizer":"my_penalty"}
      """#
    let model = try graph(
      """
      {"class_name":"Sequential","config":{"name":"m","build_input_shape":[null,4,4,2],"layers":[
      {"class_name":"Conv2D","config":\(config)}]}}
      """)
    #expect(
      Set(model.foreignSettings.map { "\($0.key) \($0.className)" }) == [
        "kernel_initializer EfficientConv2DKernelInitializer", "kernel_regularizer mine>L2", "bias_constraint Tied",
        "activity_regularizer my_penalty",
      ])
    for setting in model.foreignSettings {
      #expect(setting.description.contains(setting.isInitializer ? "GlorotUniform" : "training"))
    }
    #expect(model.nodes[1].signature.parameters.allSatisfy { $0.regularizer == nil && $0.constraint == nil })
    let values = try #require(try JSONDecoder().decode(JSONValue.self, from: Data(config.utf8)).asObject)
    #expect(throws: ListedLayerError.self) { try Graph(Input([4, 4, 2]), [("Conv2D", values)]) }
  }
}
