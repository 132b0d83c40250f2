import Networks

/// Whole models as Keras 1 wrote them, in the words of Keras 2.
struct FirstVersionModel {
  /// Of the layers with weights, for those that did not write theirs: Keras 1 had one order for a whole program.
  private let dataFormat: JSONValue

  /// The model, with the layers and models in it.
  static func translated(_ model: JSONValue) throws(ImportError) -> JSONValue {
    let reader = FirstVersionModel(dataFormat: model.isChannelsFirst ? "channels_first" : "channels_last")
    return try reader.translated(model)
  }

  private func translated(_ model: JSONValue) throws(ImportError) -> JSONValue {
    guard var members = model.asObject, let className = members["class_name"]?.asString else { return model }
    if className == "Sequential" { return try sequential(members) }
    guard ModelEntry.classes.contains(className), var values = members["config"]?.asObject,
      let layers = values["layers"]?.asArray
    else { return model }
    values["layers"] = .array(try entries(layers))
    members["config"] = .object(values)
    return .object(members)
  }

  private func entries(_ layers: [JSONValue]) throws(ImportError) -> [JSONValue] {
    var entries: [JSONValue] = []
    for layer in layers { entries.append(try entry(layer)) }
    return entries
  }

  private func entry(_ entry: JSONValue) throws(ImportError) -> JSONValue {
    guard var members = entry.asObject, let className = members["class_name"]?.asString else { return entry }
    if ModelEntry.classes.contains(className) { return try translated(entry) }
    guard let values = members["config"]?.asObject else { return entry }
    var layer = try FirstVersionLayer.translated(className, values)
    if FirstVersionLayer.withoutOrder.contains(className) {
      layer.values["data_format"] = layer.values["data_format"] ?? dataFormat
    }
    (members["class_name"], members["config"]) = (.string(layer.className), .object(layer.values))
    return .object(members)
  }

  /// A chain; or a functional model, where the chain begins with models that a `Merge` joins.
  private func sequential(_ model: [String: JSONValue]) throws(ImportError) -> JSONValue {
    var members = model
    let list = model["config"]?.asArray ?? model["config"]?["layers"].asArray ?? []
    guard list.first?["class_name"] == "Merge", list[0]["config"]["layers"].asArray != nil else {
      let entries = JSONValue.array(try entries(list))
      if var values = model["config"]?.asObject {
        values["layers"] = entries
        members["config"] = .object(values)
      } else {
        members["config"] = entries
      }
      return .object(members)
    }
    var branches = FirstVersionBranches()
    let output = try branches.append(list)
    var layers: [JSONValue] = []
    // The layers, whose configurations are still those of Keras 1.
    for layer in branches.layers { layers.append(try entry(layer)) }
    members["class_name"] = "Model"
    members["config"] = .object([
      "name": model["name"] ?? model["config"]?["name"] ?? "sequential", "layers": .array(layers),
      "input_layers": .array(branches.inputs.map { [.string($0), 0, 0] }), "output_layers": [[.string(output), 0, 0]],
    ])
    return .object(members)
  }
}

extension JSONValue {
  /// Whether a layer in it says that its channels come first.
  fileprivate var isChannelsFirst: Bool {
    switch self {
    case .array(let elements): elements.contains(where: \.isChannelsFirst)
    case .object(let members):
      members["dim_ordering"] == "th" || members.values.contains(where: \.isChannelsFirst)
    default: false
    }
  }
}
