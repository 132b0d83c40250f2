public import Networks

extension Graph {
  /// The layer that makes the classes: the last one with weights before the first output.
  public var head: String? {
    var value = outputs.first
    while let current = value {
      let node = nodes[current.node]
      if !node.signature.parameters.isEmpty {
        return LayerConfiguration.headKey(node.layer.kerasName) == nil ? nil : node.name
      }
      value = node.inputs.count == 1 ? node.inputs[0] : nil
    }
    return nil
  }

  /// The same model with another number of classes.
  public func replacingHead(classes: Int) throws(ImportError) -> Graph {
    guard let head, let node = index(named: head), let key = LayerConfiguration.headKey(nodes[node].layer.kerasName)
    else {
      throw ImportError(
        "the model '\(name)' does not end in a Dense layer or a convolution that makes the classes; change its "
          + "configuration instead.")
    }
    let version = namesByKerasVersion[2] == nil ? 3 : 2
    return try Graph(
      kerasModel: kerasModel.replacing(key, with: .integer(classes), inLayer: head), kerasVersion: version)
  }
}

extension LayerConfiguration {
  /// What a class calls its number of outputs.
  fileprivate static func headKey(_ className: String) -> String? {
    ["Dense": "units", "Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters"][className]
  }
}

extension JSONValue {
  /// The same model with one value of one layer changed.
  fileprivate func replacing(_ key: String, with value: JSONValue, inLayer name: String) -> JSONValue {
    switch self {
    case .array(let items): return .array(items.map { $0.replacing(key, with: value, inLayer: name) })
    case .object(var members):
      if members["name"]?.asString == name, members[key] != nil {
        members[key] = value
      } else {
        members = members.mapValues { $0.replacing(key, with: value, inLayer: name) }
      }
      return .object(members)
    default: return self
    }
  }
}
