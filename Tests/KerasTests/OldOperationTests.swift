import Keras
import Networks
import Tensors
import Testing

/// Operations in the forms of TensorFlow 2.1 to 2.3, which no program of today writes.
struct OldOperationTests {
  private func model(_ shape: String, _ layers: String..., output: String) throws -> Graph {
    try graph(
      #"""
      {"class_name":"Model","config":{"name":"m","layers":[{"class_name":"InputLayer","name":"in",
      "config":{"name":"in","batch_input_shape":[null,\#(shape)]},"inbound_nodes":[]},
      \#(layers.joined(separator: ","))],
      "input_layers":[["in",0,0]],"output_layers":[["\#(output)",0,0]]}}
      """#)
  }

  private func operation(_ name: String, of input: String, _ node: String, constants: String) -> String {
    #"""
    {"class_name":"TensorFlowOpLayer","name":"\#(name)","config":{"name":"\#(name)","node_def":\#(node),
    "constants":\#(constants)},"inbound_nodes":[[["\#(input)",0,0,{}]]]}
    """#
  }

  private func run(_ graph: Graph, _ values: [Float]) throws -> [Float] {
    let weights = Weights(ParameterTable(graph))
    let network = Network(try Planner().plan(graph, lanes: 16, mode: .inference), weights: weights)
    return network.run([Golden.Array(samples: [values])])[0]
  }

  /// The "caffe" mode of `preprocess_input`.
  @Test func channelsAreReversedAndMeansSubtracted() throws {
    let graph = try model(
      "1,2,3",
      operation(
        "reversed", of: "in",
        #"""
        {"op":"StridedSlice","attr":{"ellipsis_mask":{"i":"1"},"begin_mask":{"i":"2"},"end_mask":{"i":"2"},
        "new_axis_mask":{"i":"0"},"shrink_axis_mask":{"i":"0"}}}
        """#, constants: #"{"1":[0,0],"2":[0,0],"3":[1,-1]}"#),
      operation(
        "shifted", of: "reversed", #"{"op":"BiasAdd","attr":{"data_format":{"s":"TkhXQw=="}}}"#,
        constants: #"{"1":[-10,-20,-30]}"#),
      output: "shifted")
    #expect(try run(graph, [1, 2, 3, 4, 5, 6]) == [-7, -18, -29, -4, -15, -26])
  }

  @Test func biasOfChannelsInFront() throws {
    let graph = try model(
      "2,1,3",
      operation(
        "shifted", of: "in", #"{"op":"BiasAdd","attr":{"data_format":{"s":"TkNIVw=="}}}"#, constants: #"{"1":[10,20]}"#),
      output: "shifted")
    #expect(try run(graph, [1, 2, 3, 4, 5, 6]) == [11, 12, 13, 24, 25, 26])
  }

  /// A whole number takes one place of an axis, and null makes a new one.
  @Test func slicesWithMasks() throws {
    let graph = try model(
      "2,3",
      operation(
        "part", of: "in",
        #"""
        {"op":"StridedSlice","attr":{"begin_mask":{"i":"1"},"end_mask":{"i":"9"},"shrink_axis_mask":{"i":"2"},
        "new_axis_mask":{"i":"4"}}}
        """#, constants: #"{"1":[0,1,0,1],"2":[0,2,0,0],"3":[1,1,1,1]}"#),
      output: "part")
    #expect(graph.outputShapes == [[1, 2]])
    #expect(try run(graph, [1, 2, 3, 4, 5, 6]) == [5, 6])
  }
}
