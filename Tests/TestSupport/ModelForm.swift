import Keras
public import Networks
public import Training

/// One small network for digits in every form that Keras gives models: whatever holds for flat ones must hold for all.
public enum ModelForm: String, CaseIterable, Sendable {
  case flat
  /// A Sequential in a Sequential.
  case chain
  /// A functional model in a functional one, as for a pretrained base under a new head.
  case nested
  /// A model in a model in a model.
  case nestedTwice
  /// A layer called twice beside a model called twice.
  case shared
  /// Two heads, with losses of their own, behind a functional model.
  case twoOutputs

  /// The layers that tell classes apart.
  public var heads: [String] { self == .twoOutputs ? ["classes", "digits"] : ["classes"] }

  /// What the recipe says of the outputs; nothing where there is one.
  public var outputs: [String: OutputChoice] {
    guard self == .twoOutputs else { return [:] }
    var (first, second) = (OutputChoice(), OutputChoice())
    (first.weight, second.weight, second.target) = (0.75, 0.25, "label")
    second.loss = FunctionChoice("SparseCategoricalCrossentropy", ["label_smoothing": 0.125])
    second.metrics = [
      FunctionChoice("accuracy"), FunctionChoice("sparse_top_k_categorical_accuracy", ["k": 3, "name": "top"]),
    ]
    second.classWeights = .given(["3": 2])
    return ["classes": first, "digits": second]
  }

  /// Where the backbone ends, for models in which it is not found.
  public var features: String? { self == .twoOutputs ? "mean" : nil }

  /// Random first values.
  public func graph() throws -> Graph {
    let stem = [conv("c1", 4, strides: 2), normalization("n1"), relu("r1")]
    let rest = [conv("c2", 6, strides: 2), normalization("n2")]
    let base = stem + rest
    let head: [JSONValue] = [
      layer("GlobalAveragePooling2D", "mean"), layer("Dropout", "drop", ["rate": 0.2]),
      layer("Dense", "classes", ["units": 10, "activation": "softmax"]),
    ]
    let model: JSONValue =
      switch self {
      case .flat: sequential("flat", [input("data")] + base + head)
      case .chain: sequential("chain", [input("data"), sequential("base", [input("base_in")] + base)] + head)
      case .nested:
        functional("nested", chained([input("data"), functional("base", chained([input("in")] + base))] + head))
      case .nestedTwice:
        functional(
          "outer",
          chained(
            [
              input("data"),
              functional("base", chained([input("in"), sequential("stem", [input("in")] + stem)] + rest)),
            ] + head))
      case .shared:
        functional("shared", sharedLayers(head))
      case .twoOutputs:
        functional(
          "two",
          chained([input("data"), functional("base", chained([input("in")] + base)), head[0], head[1], head[2]])
            + [(layer("Dense", "digits", ["units": 10]), [[("mean", 0)]])], outputs: heads)
      }
    return try Graph(kerasModel: model, kerasVersion: 2)
  }

  /// Writes the model with its first values, and names it in a recipe.
  public func choice(in folder: borrowing TemporaryFolder) throws -> ModelChoice {
    let graph = try graph()
    let weights = Weights(ParameterTable(graph))
    weights.initialize(seed: 11)
    let path = "\(folder.path)/\(rawValue).h5"
    try KerasModel.export(graph, weights, as: .h5, to: path)
    return .file(path)
  }

  private func sharedLayers(_ head: [JSONValue]) -> [(layer: JSONValue, calls: [[Call]])] {
    let layers = [input("in", [14, 14, 4]), conv("c", 4, strides: 1), normalization("n"), relu("r")]
    let tower = functional("tower", chained(layers))
    return [
      (input("data"), []), (conv("stem", 4, strides: 2), [[("data", 0)]]),
      (tower, [[("stem", 0)], [("tower", 1)]]),
      (conv("mix", 6, strides: 2), [[("tower", 1)], [("tower", 2)]]),
      (layer("Add", "sum"), [[("mix", 0), ("mix", 1)]]),
      (head[0], [[("sum", 0)]]), (head[1], [[("mean", 0)]]), (head[2], [[("drop", 0)]]),
    ]
  }

  /// A layer and the number of its call; Keras 2 counts those of models from 1.
  private typealias Call = (layer: String, number: Int)

  private func chained(_ layers: [JSONValue]) -> [(layer: JSONValue, calls: [[Call]])] {
    layers.enumerated().map { index, layer in
      guard index > 0 else { return (layer, []) }
      let before = layers[index - 1]
      let isModel = before["config"]["layers"] != .null
      return (layer, [[(before["config"]["name"].asString!, isModel ? 1 : 0)]])
    }
  }

  /// - Parameter outputs: the layers that give them; nil for the last one.
  private func functional(
    _ name: String, _ layers: [(layer: JSONValue, calls: [[Call]])], outputs: [String]? = nil
  ) -> JSONValue {
    func reference(_ call: Call) -> [JSONValue] { [.string(call.layer), .integer(call.number), 0] }
    let entries = layers.map { layer, calls -> JSONValue in
      var members = layer.asObject!
      members["name"] = layer["config"]["name"]
      members["inbound_nodes"] = .array(calls.map { .array($0.map { .array(reference($0) + [.object([:])]) }) })
      return .object(members)
    }
    func end(_ layer: JSONValue) -> JSONValue { [.array(reference((layer["config"]["name"].asString!, 0)))] }
    let ends = outputs.map { .array($0.map { .array(reference(($0, 0))) }) } ?? end(layers[layers.count - 1].layer)
    return .object([
      "class_name": "Functional",
      "config": .object([
        "name": .string(name), "layers": .array(entries), "input_layers": end(layers[0].layer),
        "output_layers": ends,
      ]),
    ])
  }

  private func sequential(_ name: String, _ layers: [JSONValue]) -> JSONValue {
    .object(["class_name": "Sequential", "config": .object(["name": .string(name), "layers": .array(layers)])])
  }

  private func layer(_ className: String, _ name: String, _ config: [String: JSONValue] = [:]) -> JSONValue {
    .object(["class_name": .string(className), "config": .object(config.merging(["name": .string(name)]) { $1 })])
  }

  private func input(_ name: String, _ shape: [JSONValue] = [28, 28, 1]) -> JSONValue {
    layer("InputLayer", name, ["batch_input_shape": .array([.null] + shape)])
  }

  private func conv(_ name: String, _ filters: Int, strides: Int) -> JSONValue {
    layer(
      "Conv2D", name,
      [
        "filters": .integer(filters), "kernel_size": 3, "strides": .integer(strides), "padding": "same",
        "use_bias": false,
      ])
  }

  private func normalization(_ name: String) -> JSONValue { layer("BatchNormalization", name, ["momentum": 0.9]) }

  private func relu(_ name: String) -> JSONValue { layer("ReLU", name) }
}
