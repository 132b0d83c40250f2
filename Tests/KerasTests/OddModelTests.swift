import Foundation
import HDF5
import Keras
import Networks
import Tensors
import Testing

/// Models of Tests/Fixtures/keras/odd_models.py: what the other fixtures do not cover.
struct OddModelTests {
  @Test(arguments: [
    "nested_twice.keras3.keras", "slices.keras2.h5", "attention.keras3.h5", "open_sizes.keras3.keras",
    "open_sequence.keras2.h5", "antialias.keras3.keras", "spectral.keras3.keras", "spectral.keras3.h5",
    "masked_average.keras2.h5", "masked_average.keras3.keras", "renorm.keras2.h5", "names.keras2.h5",
    "graph_operations.keras2.h5", "functions.keras2.h5", "more_functions.keras2.h5", "more_functions.keras3.keras",
    "conv_norms.keras2.h5", "whole_numbers.keras3.keras", "siamese.keras3.h5", "open_and_shared.keras3.keras",
    "activations.keras3.h5", "functions_as_layers.keras2.h5", "functions_as_layers.keras3.h5",
    "local_response.keras2.h5",
    "prepared_caffe.keras2.h5", "prepared_caffe.keras3.keras", "prepared_caffe_first.keras2.h5",
    "prepared_caffe_first.keras3.keras", "prepared_torch.keras2.h5", "prepared_torch.keras3.keras",
    "prepared_torch_first.keras2.h5", "prepared_torch_first.keras3.keras", "layerless.keras2.h5", "by_hand.keras2.h5",
    "by_hand.keras3.keras",
  ])
  func outputsAreThoseOfKeras(_ name: String) throws {
    let golden = try Golden("odd/\(name).golden.h5")
    let sizes = try golden.root.group("inputs").names().sorted().map {
      Array(try golden.root.dataset("inputs/\($0)").shape.dropFirst())
    }
    let model = try KerasModel(reading: fixture("odd/\(name)"), openSizes: .samples(sizes))
    let weights = try model.loadedWeights()
    try check(model, weights, golden)

    // There and back, bit by bit; Keras 3 has no names with a slash.
    for format in name.hasPrefix("names") ? [ExportFormat.h5] : [.keras, .h5] {
      try withTemporaryPath { path in
        let path = format == .keras ? path.replacing(".h5", with: ".keras") : path
        var graph = model.graph
        graph.hasOpenSizes = false
        try KerasModel.export(graph, weights, as: format, to: path)
        let again = try KerasModel(reading: path)
        #expect(again.graph.difference(from: graph) == nil)
        try checkOperands(in: again.graph.kerasModel(.keras3))
        #expect(try again.loadedWeights().byPath == weights.byPath)
      }
    }
  }

  /// Among the operands of an operation Keras 3 takes a list for several operands; an array is a tensor.
  private func checkOperands(in model: JSONValue) throws {
    for layer in model["config"]["layers"].asArray ?? [] where layer["module"].asString?.contains("ops.numpy") == true {
      for node in layer["inbound_nodes"].asArray ?? [] {
        for operand in node["args"].asArray ?? [] where layer["class_name"] != "GetItem" {
          let isList = operand.asArray.map { $0.allSatisfy { $0["class_name"] == "__keras_tensor__" } } ?? true
          #expect(isList, "\(layer["name"].brief) has the operand \(operand.brief)")
        }
      }
    }
  }

  private func check(_ model: KerasModel, _ weights: Weights, _ golden: Golden) throws {
    let network = Network(try Planner().plan(model.graph, lanes: 16, mode: .inference), weights: weights)
    let inputs = try golden.arrays("inputs").enumerated().map { index, array in
      model.graph.channelsFirstInputs.contains(index) ? array.channelsLast(network.inputs[index].shape) : array
    }
    let outputs = network.run(inputs)
    for (index, array) in try golden.arrays("outputs").enumerated() {
      #expect(difference(outputs[index], array.values) <= 1e-5)
      let sizes = try golden.root.dataset("outputs/\(index)").shape.dropFirst()
      #expect(network.outputs[index].shape.dimensions == Array(sizes))
    }
  }

  /// Without sizes to go by, open ones are refused; a size of the wrong number of axes as well.
  @Test func openSizesMustBeKnown() throws {
    let path = fixture("odd/open_sizes.keras3.keras")
    let error = try #require(throws: KerasError.self) { try KerasModel(reading: path) }
    #expect(error.description.contains("--input"))
    #expect(throws: KerasError.self) { try KerasModel(reading: path, openSizes: .samples([[8]])) }
    #expect(try KerasModel(reading: path, openSizes: .all(8)).graph.inputShapes == [[8, 8, 3]])
    #expect(try KerasModel(reading: path, openSizes: .samples([[6, 9, 3]])).graph.inputShapes == [[6, 9, 3]])
  }

  /// Layers that would compute something else under a mask are refused, not run without it.
  @Test(arguments: [
    #"{"class_name":"Softmax","config":{"name":"reader"}}"#,
    #"{"class_name":"BatchNormalization","config":{"name":"reader"}}"#,
  ])
  func readersOfMasksAreRefused(_ layer: String) throws {
    let json = """
      {"class_name":"Sequential","config":{"name":"masks","build_input_shape":[null,7],"layers":[
      {"class_name":"Embedding","config":{"name":"words","input_dim":5,"output_dim":3,"mask_zero":true}},
      {"class_name":"Dropout","config":{"name":"dropout","rate":0.1}},\(layer)]}}
      """
    let error = try #require(throws: ImportError.self) { try graph(json) }
    #expect(error.description.contains("'reader'") && error.description.contains("mask_zero"))
  }

  /// Weights in several files are those of the model, wherever its variables lie; an index may not name files
  /// elsewhere.
  @Test func shardedWeightsAreRead() throws {
    let model = try KerasModel(reading: fixture("lenet/k3.h5"))
    let sharded = Weights(ParameterTable(model.graph))
    let weights = try KerasWeights(reading: fixture("variants/lenet.sharded.weights.json"))
    #expect(weights.format == .shardedWeights)
    try weights.load(into: sharded, of: model.graph)
    let network = Network(try Planner().plan(model.graph, lanes: 16, mode: .inference), weights: sharded)
    let golden = try Golden("variants/lenet.golden.h5")
    for (output, array) in zip(network.run(try golden.arrays("inputs")), try golden.arrays("outputs")) {
      #expect(difference(output, array.values) <= 1e-5)
    }
    for map in [#"{"/layers/a/vars": ["../a.weights.h5"]}"#, #"{"/layers/a/vars": ["/a.h5"]}"#, #"{}"#, #"{"a": [7]}"#]
    {
      try withTemporaryPath { path in
        try #"{"weight_map": \#(map)}"#.write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: KerasError.self, "\(map)") { try KerasWeights(reading: path) }
      }
    }
  }
}
