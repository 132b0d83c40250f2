import Networks
import Tensors

/// How the calls of nested models are counted; of layers they are counted from 0.
///
/// Keras 2 takes a model's own making for its first call. Keras 3 does so for functional models among the outputs only.
enum CallNumbering {
  case keras2, keras3, fromZero
}

/// A `Sequential` or functional model as its configuration describes it, of any Keras version.
struct ModelEntry {
  static let classes: Set<String> = ["Sequential", "Functional", "Model"]

  let name: String
  let isSequential: Bool
  let isTrainable: Bool
  let layers: [LayerEntry]
  let inputs: [TensorReference]
  let outputs: [TensorReference]
  let numbering: CallNumbering

  /// - Parameters:
  ///   - model: `{"class_name": ..., "config": ...}`.
  ///   - isNested: a nested model may leave the shape of its input to whoever calls it.
  init(_ model: JSONValue, isNested: Bool) throws(ImportError) {
    guard let className = model["class_name"].asString else {
      throw ImportError("the model has no class_name; the file is damaged or was edited: save the model again.")
    }
    switch className {
    case "Sequential": try self.init(sequential: model, isNested: isNested)
    case "Functional", "Model": try self.init(functional: model, className: className)
    default:
      throw ImportError(
        "the model is of class '\(className)', whose architecture only its author's code knows; build it as a "
          + "Sequential or functional model.")
    }
  }

  private init(sequential model: JSONValue, isNested: Bool) throws(ImportError) {
    // Until Keras 2.2 the config was the list of layers itself.
    let values = model["config"].asObject ?? ["layers": model["config"]]
    (name, isTrainable) = try ModelEntry.common(
      values, outer: model, className: "Sequential", keys: ["layers", "build_input_shape"])
    isSequential = true
    numbering = .fromZero
    var entries = try ModelEntry.layerEntries(values, of: name)
    guard let first = entries.first else {
      throw ImportError("the model '\(name)' has no layers; add some and save it again.")
    }
    if first.className != "InputLayer" {
      let shapes = [
        first.values["batch_input_shape"], first.values["batch_shape"], values["build_input_shape"],
        model["build_config"]["input_shape"],
        first.isModel ? try ModelEntry(first.source, isNested: true).inputShape : nil,
      ]
      let shape = shapes.compactMap(\.self).first { $0 != .null }
      guard shape != nil || isNested else {
        throw ImportError(
          "the model '\(name)' does not say what shape its input has; call model.build() or begin it with "
            + "keras.Input, and save it again.")
      }
      entries.insert(LayerEntry(inputNamed: "\(first.name)_input", shape: shape), at: 0)
    }
    if let entry = entries.dropFirst().first(where: { $0.className == "InputLayer" }) {
      throw ImportError(
        "the model '\(name)' has an InputLayer, '\(entry.name)', in the middle of its chain; remove it and save "
          + "the model again.")
    }
    for index in entries.indices.dropFirst() { entries[index].chain(behind: entries[index - 1]) }
    layers = entries
    inputs = [TensorReference(layer: entries[0].name)]
    outputs = [TensorReference(layer: entries[entries.count - 1].name)]
  }

  private init(functional model: JSONValue, className: String) throws(ImportError) {
    guard let values = model["config"].asObject else {
      throw ImportError(
        "the model's config is \(model["config"].brief); the file is damaged or was edited: save the model again.")
    }
    (name, isTrainable) = try ModelEntry.common(
      values, outer: model, className: className, keys: ["layers", "input_layers", "output_layers"])
    isSequential = false
    outputs = try TensorReference.list("output_layers", in: values)
    inputs = try TensorReference.list("input_layers", in: values)
    layers = try ModelEntry.layerEntries(values, of: name)
    numbering = layers.contains(where: \.isKeras3) ? .keras3 : .keras2
  }

  /// The shape that the input of the model says it has: that of a chain of models stands in the first of them only.
  private var inputShape: JSONValue? {
    guard inputs.count == 1, let entry = layers.first(where: { $0.name == inputs[0].layer }) else { return nil }
    return entry.values["batch_input_shape"] ?? entry.values["batch_shape"]
  }

  /// Name and `trainable`, after the model's own keys have been checked like those of a layer.
  private static func common(
    _ values: [String: JSONValue], outer: JSONValue, className: String, keys: [String]
  ) throws(ImportError) -> (String, Bool) {
    let configuration = LayerConfiguration(className: className, values: values)
    try configuration.checkCommonKeys()
    for key in keys { _ = configuration.value(key) }
    try configuration.checkUnreadKeys()
    let name = try configuration.string("name", default: outer["name"].asString ?? "sequential")
    return (name, try configuration.bool("trainable", default: true))
  }

  /// The entry with a name: until Keras 2.2 a chain inside a chain had none in the file.
  private static func named(_ entry: JSONValue, among list: [JSONValue]) -> JSONValue {
    func isNameless(_ entry: JSONValue) -> Bool {
      entry["class_name"] == "Sequential" && entry["name"] == .null && entry["config"]["name"] == .null
    }
    guard isNameless(entry), var members = entry.asObject else { return entry }
    let taken = Set(list.compactMap { ($0["name"].asString ?? $0["config"]["name"].asString) })
    let place = list[..<list.firstIndex(of: entry)!].count(where: isNameless) + 1
    let free = (place...).lazy.map { "sequential_\($0)" }.first { !taken.contains($0) }!
    members["name"] = .string(free)
    return .object(members)
  }

  private static func layerEntries(_ values: [String: JSONValue], of model: String) throws(ImportError) -> [LayerEntry]
  {
    guard let list = values["layers"]?.asArray else {
      throw ImportError(
        "the model '\(model)' has no list of layers; build it as a Sequential or functional model and save it "
          + "again.")
    }
    var entries: [LayerEntry] = []
    entries.reserveCapacity(list.count)
    for entry in list { entries.append(try LayerEntry(named(entry, among: list))) }
    return entries
  }
}
