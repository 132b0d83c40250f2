public import Networks
import Tensors

extension Graph {
  /// Reads `model_config`: a `Sequential` or functional model of any Keras version.
  ///
  /// Everything must be understood: an unknown layer or key, a layer called twice, a model inside the model or an
  /// operation outside any layer is an error.
  ///
  /// - Parameter kerasVersion: the first number of the version of Keras that wrote it.
  public init(kerasModel model: JSONValue, kerasVersion: Int = 3) throws(ImportError) {
    guard let className = model["class_name"].asString else {
      throw ImportError("the model has no class_name; the file is damaged or was edited: save the model again.")
    }
    switch className {
    case "Sequential": self = try Graph.sequential(model, kerasVersion)
    case "Functional", "Model": self = try Graph.functional(model, kerasVersion)
    default:
      throw ImportError(
        "the model is of class '\(className)', whose architecture only its author's code knows; build it as a "
          + "Sequential or functional model.")
    }
  }

  private static func sequential(_ model: JSONValue, _ kerasVersion: Int) throws(ImportError) -> Graph {
    // Until Keras 2.2 the config was the list of layers itself.
    let values = model["config"].asObject ?? ["layers": model["config"]]
    let name = try modelName(values, className: "Sequential", keys: ["layers", "build_input_shape"])
    let entries = try layerEntries(values, of: name)
    var graph = Graph(name: name, isSequential: true)
    guard let first = entries.first else {
      throw ImportError("the model '\(name)' has no layers; add some and save it again.")
    }
    var value: Value?
    if first.className != "InputLayer" {
      let shape = [
        first.values["batch_input_shape"], first.values["batch_shape"], values["build_input_shape"],
        model["build_config"]["input_shape"],
      ].compactMap(\.self).first { $0 != .null }
      guard let shape else {
        throw ImportError(
          "the model '\(name)' does not say what shape its input has; call model.build() or begin it with "
            + "keras.Input, and save it again.")
      }
      let input = try LayerRegistry.layer("InputLayer", ["name": .string("\(first.name)_input"), "batch_shape": shape])
      value = try graph.appending(input, named: "\(first.name)_input", inputs: [])
    }
    for (index, entry) in entries.enumerated() {
      guard index == 0 || entry.className != "InputLayer" else {
        throw ImportError(
          "the model '\(name)' has an InputLayer, '\(entry.name)', in the middle of its chain; remove it and save "
            + "the model again.")
      }
      value = try graph.appending(
        entry.layer(kerasVersion: kerasVersion), named: entry.name, inputs: value.map { [$0] } ?? [])
    }
    graph.setOutputs([value!])
    return graph
  }

  private static func functional(_ model: JSONValue, _ kerasVersion: Int) throws(ImportError) -> Graph {
    guard let values = model["config"].asObject else {
      throw ImportError(
        "the model's config is \(model["config"].brief); the file is damaged or was edited: save the model again.")
    }
    let className = model["class_name"].asString!
    let name = try modelName(values, className: className, keys: ["layers", "input_layers", "output_layers"])
    let entries = try layerEntries(values, of: name)
    var graph = Graph(name: name)
    let outputs = try TensorReference.list("output_layers", in: values)
    let inputs = try TensorReference.list("input_layers", in: values)
    var waiting: [(entry: LayerEntry, inputs: [TensorReference])] = []
    for entry in entries { waiting.append((entry, try entry.inputs())) }
    let names = Set(entries.map(\.name))
    for reference in waiting.flatMap(\.inputs) + inputs + outputs where !names.contains(reference.layer) {
      throw ImportError(
        "the model '\(name)' refers to a layer '\(reference.layer)' that it does not have; the file is damaged or "
          + "was edited: save the model again.")
    }
    var known: [String: Value] = [:]
    while !waiting.isEmpty {
      // Keras writes layers so that each follows its inputs; where it did not, they take their turn later.
      var postponed: [(entry: LayerEntry, inputs: [TensorReference])] = []
      for (entry, inputs) in waiting {
        let values = inputs.compactMap { known[$0.layer] }
        if values.count == inputs.count {
          known[entry.name] = try graph.appending(
            entry.layer(kerasVersion: kerasVersion), named: entry.name, inputs: values)
        } else {
          postponed.append((entry, inputs))
        }
      }
      guard postponed.count < waiting.count else {
        throw ImportError(
          "the layers \(postponed.map(\.entry.name).brief) wait for each other in a loop; the file is damaged or "
            + "was edited: save the model again.")
      }
      waiting = postponed
    }
    let declared = inputs.map { known[$0.layer]! }
    guard declared.count == graph.inputs.count, Set(declared) == Set(graph.inputs) else {
      throw ImportError(
        "the model '\(name)' has the inputs \(graph.inputs.map { graph.nodes[$0.node].name }.brief), but its "
          + "input_layers are \(inputs.map(\.layer).brief); save the model again.")
    }
    graph.setInputs(declared)
    graph.setOutputs(outputs.map { known[$0.layer]! })
    return graph
  }

  /// The model's name, after its own keys have been checked like those of a layer.
  private static func modelName(
    _ values: [String: JSONValue], className: String, keys: [String]
  ) throws(ImportError) -> String {
    let configuration = LayerConfiguration(className: className, values: values)
    try configuration.checkCommonKeys()
    for key in keys { _ = configuration.value(key) }
    try configuration.checkUnreadKeys()
    return try configuration.string("name", default: "sequential")
  }

  private static func layerEntries(
    _ values: [String: JSONValue], of model: String
  ) throws(ImportError) -> [LayerEntry] {
    guard let list = values["layers"]?.asArray else {
      throw ImportError(
        "the model '\(model)' has no list of layers; build it as a Sequential or functional model and save it "
          + "again.")
    }
    var entries: [LayerEntry] = []
    for entry in list { entries.append(try LayerEntry(entry)) }
    return entries
  }

  private mutating func appending(
    _ layer: any Layer, named name: String, inputs: [Value]
  ) throws(ImportError) -> Value {
    do { return try append(layer, named: name, inputs: inputs) } catch { throw ImportError(error.description) }
  }
}
