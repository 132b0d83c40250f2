import Networks

/// One entry of a model's `layers`.
struct LayerEntry {
  /// One call of the layer.
  struct Call {
    let arguments: [Operand]
    /// Those that are given by name; null says nothing.
    let keywords: [String: Operand]

    /// Everything that the call reads, in order.
    var tensors: [TensorReference] {
      arguments.flatMap(\.tensors) + keywords.keys.sorted().flatMap { keywords[$0]!.tensors }
    }
  }

  let className: String
  /// As the file has it, without its package: `className` or another name for the same.
  private(set) var writtenClassName: String
  let values: [String: JSONValue]
  private(set) var name: String
  /// The entry itself, for what a nested model says of itself.
  let source: JSONValue
  /// Whether the calls are written as Keras 3 does.
  let isKeras3: Bool
  private(set) var calls: [Call] = []

  var isModel: Bool { ModelEntry.classes.contains(className) }
  var isInput: Bool { className == "InputLayer" }
  var isFrozen: Bool { values["trainable"] == false }

  init(_ entry: JSONValue) throws(ImportError) {
    let values = entry["config"].asObject ?? (entry["class_name"] == "Sequential" ? [:] : nil)
    guard let className = entry["class_name"].asString, let values else {
      throw ImportError(
        "an entry of the model's layers, \(entry.brief), has no class_name or no config; the file is damaged or "
          + "was edited: save the model again.")
    }
    guard let name = entry["name"].asString ?? values["name"]?.asString else {
      throw ImportError(
        "a layer of class '\(className)' has no name; the file is damaged or was edited: save the model again.")
    }
    let nodes = entry["inbound_nodes"].asArray ?? []
    let registered = entry["registered_name"].asString.flatMap { $0.contains(">") ? $0 : nil }
    self.className = LayerRegistry.canonicalName(of: registered ?? className)
    writtenClassName = className.split(separator: ">").last.map(String.init) ?? className
    (self.values, self.name, source) = (values, name, entry)
    isKeras3 = nodes.contains { $0.asObject != nil }
    if let registered, !LayerRegistry.isKnown(registered: registered) {
      throw ImportError(
        "layer '\(name)' is of the custom class '\(registered)', which only its author's code can run; replace it "
          + "by Keras's own layers.")
    }
    if className == "Lambda" {
      throw ImportError(
        "layer '\(name)' is a Lambda, whose Python code Convoy cannot run; replace it by Keras's own layers.")
    }
    for node in nodes { calls.append(try call(node)) }
  }

  /// The input that a Sequential model without one has.
  init(inputNamed name: String, shape: JSONValue?) {
    (className, writtenClassName) = ("InputLayer", "InputLayer")
    values = ["name": .string(name), "batch_shape": shape ?? .null]
    (self.name, source, isKeras3) = (name, .null, false)
  }

  /// The entry under another name.
  func renamed(_ name: String) -> LayerEntry {
    var copy = self
    copy.name = name
    return copy
  }

  /// Calls the layer with the output of another, as in a Sequential model.
  mutating func chain(behind other: LayerEntry) {
    calls = [Call(arguments: [.tensor(TensorReference(layer: other.name))], keywords: [:])]
  }

  private func call(_ node: JSONValue) throws(ImportError) -> Call {
    if node.asObject != nil { return try keras3Call(node) }
    guard let list = node.asArray else { throw nodeError(node) }
    // Without the outer list it is the first operand of an operation.
    if let first = Operand(keras2Reference: node) {
      return Call(arguments: [first], keywords: keywords(list.count > 3 ? list[3] : .null))
    }
    return try keras2Call(list)
  }

  /// `[["conv2d", 0, 0, {"training": null}], ...]`
  private func keras2Call(_ list: [JSONValue]) throws(ImportError) -> Call {
    var inputs: [Operand] = []
    var named: [String: Operand] = [:]
    for item in list {
      guard let elements = item.asArray, let input = Operand(keras2Reference: item) else { throw nodeError(item) }
      inputs.append(input)
      named.merge(keywords(elements.count > 3 ? elements[3] : .null)) { first, _ in first }
    }
    return Call(arguments: inputs.count == 1 ? inputs : [.list(inputs)], keywords: named)
  }

  /// `{"args": [tensor], "kwargs": {}}` or `{"args": [[tensor, tensor]], ...}`
  private func keras3Call(_ node: JSONValue) throws(ImportError) -> Call {
    guard let list = node["args"].asArray else { throw nodeError(node) }
    var arguments: [Operand] = []
    for value in list {
      do { arguments.append(try Operand(keras3: value)) } catch { throw nodeError(value) }
    }
    var named: [String: Operand] = [:]
    for (key, value) in node["kwargs"].asObject ?? [:] where value != .null {
      do { named[key] = try Operand(keras3: value) } catch { throw nodeError(value) }
    }
    return Call(arguments: arguments, keywords: named)
  }

  private func keywords(_ value: JSONValue) -> [String: Operand] {
    (value.asObject ?? [:]).filter { $0.value != .null }.mapValues { Operand(keras2: $0) }
  }

  func nodeError(_ node: JSONValue) -> ImportError {
    ImportError(
      "layer '\(name)' (\(className)): its input \(node.brief) cannot be understood; save the model again with "
        + "Keras 2 or 3.")
  }
}
