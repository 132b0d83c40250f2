import Keras
import Kernels
public import Networks
import Tensors

/// A model with what lets today's losses train it: one input, and a few classes made of all its outputs.
public struct TrainableModel {
  public let graph: Graph
  /// Those of the model, and others for the layers that were added.
  public let weights: Weights
  /// Whether something was added.
  public let isAnother: Bool
  public static let classes = 3

  public init(_ model: Graph, _ weights: Weights) throws {
    var graph = try TrainableModel.withOneInput(model)
    let isClassifier =
      graph.outputs.count == 1 && graph.outputShapes[0].rank == 1
      && graph.outputShapes[0].channels >= TrainableModel.classes
      && [nil, .linear, .softmax].contains(graph.finalActivation) && graph.penaltyOnProbabilities == nil
      && weights.table.trainableCount > 0
    if !isClassifier { try TrainableModel.addClasses(to: &graph) }
    self.graph = graph
    isAnother = !isClassifier || model.inputs.count > 1
    self.weights = Weights(ParameterTable(graph))
    self.weights.initialize(seed: 7)
    let prefix = model.inputs.count == 1 ? "" : "\(model.name)/"
    let own = Dictionary(weights.table.entries.map { (prefix + $0.path, $0) }) { first, _ in first }
    for entry in self.weights.table.entries {
      if let other = own[entry.path] { self.weights[entry].copy(from: weights[other]) }
    }
  }

  private static func addClasses(to graph: inout Graph) throws {
    var values: [Graph.Value] = []
    for (index, output) in graph.outputs.enumerated() {
      let isFlat = graph.shape(output).rank == 1
      values.append(isFlat ? output : try graph.append(Flatten(), named: "trial_flat_\(index)", inputs: [output]))
    }
    if values.count > 1 { values = [try graph.append(Concatenate(), named: "trial_all", inputs: values)] }
    let classes = Dense(TrainableModel.classes, activation: .softmax)
    graph.setOutputs([try graph.append(classes, named: "trial_classes", inputs: values)])
  }

  /// A model with several inputs inside one that cuts them out of its only input.
  private static func withOneInput(_ model: Graph) throws -> Graph {
    guard model.inputs.count > 1 else { return model }
    let total = model.inputShapes.reduce(0) { $0 + $1.count }
    var layers: [JSONValue] = [
      layer("InputLayer", "trial_data", ["batch_shape": [.null, .integer(total)]], []),
      layer("Reshape", "trial_line", ["target_shape": [.integer(total), 1]], [tensor("trial_data", [total])]),
    ]
    var (start, parts): (Int, [JSONValue]) = (0, [])
    for (index, shape) in model.inputShapes.enumerated() {
      let cropping: JSONValue = [.integer(start), .integer(total - start - shape.count)]
      let sizes = shape.dimensions
      layers.append(
        layer("Cropping1D", "trial_cut_\(index)", ["cropping": cropping], [tensor("trial_line", [total, 1])]))
      layers.append(
        layer(
          "Reshape", "trial_part_\(index)", ["target_shape": .array(sizes.map { .integer($0) })],
          [tensor("trial_cut_\(index)", [shape.count, 1])]))
      parts.append(tensor("trial_part_\(index)", sizes))
      start += shape.count
    }
    var inner = model.kerasModel(.keras3).asObject ?? [:]
    inner["name"] = .string(model.name)
    inner["inbound_nodes"] = [.object(["args": [.array(parts)], "kwargs": .object([:])])]
    layers.append(.object(inner))
    let outputs = model.outputs.indices.map { JSONValue.array([.string(model.name), 1, .integer($0)]) }
    return try Graph(
      kerasModel: .object([
        "class_name": "Functional",
        "config": .object([
          "name": "trial", "layers": .array(layers), "input_layers": ["trial_data", 0, 0],
          "output_layers": outputs.count == 1 ? outputs[0] : .array(outputs),
        ]),
      ]))
  }

  private static func layer(
    _ className: String, _ name: String, _ config: [String: JSONValue], _ inputs: [JSONValue]
  ) -> JSONValue {
    let node: JSONValue = .object(["args": .array(inputs), "kwargs": .object([:])])
    return .object([
      "module": "keras.layers", "class_name": .string(className), "name": .string(name),
      "config": .object(config.merging(["name": .string(name)]) { $1 }), "inbound_nodes": inputs.isEmpty ? [] : [node],
    ])
  }

  private static func tensor(_ layer: String, _ sizes: [Int]) -> JSONValue {
    .object([
      "class_name": "__keras_tensor__",
      "config": .object([
        "shape": .array([.null] + sizes.map { .integer($0) }), "dtype": "float32",
        "keras_history": [.string(layer), 0, 0],
      ]),
    ])
  }
}
