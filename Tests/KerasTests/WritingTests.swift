import Foundation
import HDF5
import Keras
import Kernels
import Networks
import Tensors
import Testing

/// Written models come back, layer by layer and bit by bit.
struct WritingTests {
  @Test(arguments: [
    "lenet/k2.h5", "lenet/k3.h5", "mlp/k3.h5", "conv_geometry/k3.h5", "residual/k3.h5", "pooling/k3.h5",
    "activations/k2.h5", "merges/k3.h5",
    "nested_shared/k2.h5", "nested_shared/k3.h5", "frozen_nested/k2.h5", "frozen_nested/k3.h5", "multi_io/k3.h5",
    "conv1d_stack/k2.h5", "conv_transpose/k3.h5", "depthwise_separable/k2.h5", "spatial/k3.h5", "operators_k2/k2.h5",
    "operators_k3/k3.h5",
  ])
  func roundTrip(_ name: String) throws {
    let model = try KerasModel(reading: fixture(name))
    let weights = try model.loadedWeights()
    try withTemporaryPath { path in
      let file = try File(creating: path)
      try KerasModel.write(model.graph, weights, to: file)
      try file.root.createGroup("convoy").attributes.set("step", 7)
      try file.close()
      let copy = try KerasModel(reading: path)
      #expect(copy.graph.kerasModel == model.graph.kerasModel)
      #expect(copy.graph.difference(from: model.graph) == nil)
      #expect(copy.graph.isSequential == model.graph.isSequential)
      #expect(copy.graph.nodes.map(\.signature.parameters) == model.graph.nodes.map(\.signature.parameters))
      #expect(copy.graph.nodes.map(\.name) == model.graph.nodes.map(\.name))
      #expect(copy.graph.inputs == model.graph.inputs && copy.graph.outputs == model.graph.outputs)
      #expect(try copy.loadedWeights().byPath == weights.byPath)
    }
  }

  @Test(arguments: ["lenet5", "resnet20"]) func modelsOfOurOwnRoundTrip(_ name: String) throws {
    let graph = try Models.make(name, input: [32, 32, 3], classes: 10)
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 5)
    try withTemporaryPath { path in
      let file = try File(creating: path)
      try KerasModel.write(graph, weights, to: file)
      try file.close()
      let copy = try KerasModel(reading: path)
      #expect(copy.graph.kerasModel == graph.kerasModel)
      #expect(try copy.loadedWeights().byPath == weights.byPath)
    }
  }

  /// Keras 3 finds layers that only a network of its applications has in the module of that network.
  @Test func layersOfApplicationsNameTheirModules() throws {
    let input = Symbol.input([4])
    let scaled = LayerScale(channels: 4)(input, name: "scale")
    let graph = try Graph("m", inputs: [input], outputs: [scaled])
    let layers = try #require(graph.kerasModel(.keras3)["config"]["layers"].asArray)
    #expect(layers.last?["module"] == "keras.src.applications.convnext")
    #expect(layers.last?["registered_name"] == "LayerScale")
    #expect(try Graph(kerasModel: graph.kerasModel(.keras3)).difference(from: graph) == nil)
  }

  /// Keras 3 does not load a SpatialDropout with `trainable`.
  @Test func trainableIsWrittenWhereItSaysSomething() throws {
    let input = Symbol.input([4, 4, 2])
    let x = SpatialDropout2D(0.5)(Conv2D(2, kernel: 3)(Conv2D(2, kernel: 1)(input, name: "first"), name: "second"))
    let graph = try Graph("m", inputs: [input], outputs: [x]).freezing(where: { $0.name != "second" })
    let layers = try #require(graph.kerasModel["config"]["layers"].asArray)
    #expect(layers.map { $0["config"]["trainable"] } == [.null, false, .null, .null])
  }

  /// 'hard_sigmoid' means what the version of the file says.
  @Test func theVersionTellsTheFunction() throws {
    func model(_ functions: ActivationFunction...) throws -> Graph {
      let input = Symbol.input([4])
      return try Graph("m", inputs: [input], outputs: [functions.reduce(input) { Activation($1)($0) }])
    }
    for function in [ActivationFunction.hardSigmoid, .hardSigmoidKeras2] {
      try withTemporaryPath { path in
        let (graph, file) = (try model(.tanh, function), try File(creating: path))
        try KerasModel.write(graph, Weights(ParameterTable(graph)), to: file)
        try file.close()
        let copy = try KerasModel(reading: path).graph
        #expect((copy.nodes.last?.layer as? Activation)?.activation == function)
      }
    }
    try withTemporaryPath { path in
      let (graph, file) = (try model(.hardSigmoid, .hardSigmoidKeras2), try File(creating: path))
      let error = try #require(throws: KerasError.self) {
        try KerasModel.write(graph, Weights(ParameterTable(graph)), to: file)
      }
      #expect(error.description.contains("hard_sigmoid"))
    }
  }

  /// RandomCrop is the identity at inference in Keras 3 alone; a model inside a functional model does not change the
  /// version.
  @Test(arguments: [2, 3], [false, true]) func theVersionTellsTheCrop(_ version: Int, _ isNested: Bool) throws {
    let crop =
      #"{"class_name":"RandomCrop","name":"crop","config":{"name":"crop","height":2,"width":3},"inbound_nodes":[[["in",0,0,{}]]]}"#
    func functional(_ name: String, _ layer: String, _ output: String) -> String {
      #"""
      {"class_name":"Functional","name":"\#(name)","config":{"name":"\#(name)","layers":[
      {"class_name":"InputLayer","name":"in",
      "config":{"name":"in","batch_input_shape":[null,6,6,1]},"inbound_nodes":[]},\#(layer)],
      "input_layers":[["in",0,0]],
      "output_layers":[\#(output)]},"inbound_nodes":[[["in",0,0,{}]]]}
      """#
    }
    let flat = functional("inner", crop, #"["crop",0,0]"#)
    let json = isNested ? functional("outer", flat, #"["inner",1,0]"#) : flat
    let graph = try Graph(
      kerasModel: JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)), kerasVersion: version)
    #expect(graph.outputShapes == [version == 2 ? [2, 3, 1] : [6, 6, 1]])
    try withTemporaryPath { path in
      try KerasModel.export(graph, Weights(ParameterTable(graph)), as: .h5, to: path)
      #expect(try KerasModel(reading: path).graph.outputShapes == graph.outputShapes)
    }
  }

  @Test func layersAreInTheOrderInWhichKerasCountsThem() throws {
    let original = try File(reading: fixture("residual/k3.h5"))
    let text = try original.root.attributes.string("model_config")
    var model = try #require(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).asObject)
    var values = try #require(model["config"]?.asObject)
    values["layers"] = .array(try #require(values["layers"]?.asArray).reversed())
    model["config"] = .object(values)
    let reversed = try Graph(kerasModel: .object(model))
    let names = try original.root.group("model_weights").attributes.strings("layer_names")
    #expect(reversed.nodes.map(\.name) != names)
    try withTemporaryPath { path in
      let file = try File(creating: path)
      try KerasModel.write(reversed, Weights(ParameterTable(reversed)), to: file)
      #expect(try file.root.group("model_weights").attributes.strings("layer_names") == names)
    }
  }

  @Test func refusesLayersThatLeadNowhere() throws {
    var graph = Graph(name: "forked")
    let input = try graph.append(Input([4]), named: "input", inputs: [])
    try graph.append(Dense(2), named: "dead", inputs: [input])
    graph.setOutputs([try graph.append(Dense(3), named: "alive", inputs: [input])])
    try withTemporaryPath { path in
      let file = try File(creating: path)
      let error = try #require(throws: KerasError.self) {
        try KerasModel.write(graph, Weights(ParameterTable(graph)), to: file)
      }
      #expect(error.description.contains("'dead'"))
    }
  }

  @Test func namesOver64KiBAreSplit() throws {
    let layers = (0..<2000).map { index in
      #"{"class_name":"Dense","config":{"name":"a_dense_layer_with_quite_a_long_name_\#(index)","units":1}}"#
    }
    let deep = try graph(
      #"{"class_name":"Sequential","config":{"name":"deep","layers":[\#(layers.joined(separator: ","))],"build_input_shape":[null,1]}}"#
    )
    let weights = Weights(ParameterTable(deep))
    weights.initialize(seed: 3)
    try withTemporaryPath { path in
      let file = try File(creating: path)
      try KerasModel.write(deep, weights, to: file)
      let attributes = try file.root.group("model_weights").attributes
      #expect(try !attributes.contains("layer_names"))
      #expect(try attributes.shape("layer_names0") == [1000] && attributes.shape("layer_names1") == [1000])
      try file.close()
      #expect(try KerasModel(reading: path).loadedWeights().byPath == weights.byPath)
    }
  }

  /// Keras 2 reads names with a slash, where a file suits it at all.
  @Test(arguments: [("", ExportFormat.h5), ("", .layerWeights), ("conv1/conv", .keras), ("conv1/conv", .weights)])
  func refusesNamesThatKerasCannotRead(_ name: String, _ format: ExportFormat) throws {
    var graph = Graph(name: "named")
    graph.setOutputs([try graph.append(Input([4]), named: name, inputs: [])])
    try withTemporaryPath { path in
      let error = try #require(throws: KerasError.self) {
        try KerasModel.export(graph, Weights(ParameterTable(graph)), as: format, to: path)
      }
      #expect(error.description.contains("'\(name)'") && error.description.contains("rename"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
