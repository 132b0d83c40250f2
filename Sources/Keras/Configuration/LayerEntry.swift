import Networks

/// One entry of a model's `layers`.
struct LayerEntry {
  static let modelClasses: Set<String> = ["Sequential", "Functional", "Model"]

  let className: String
  let values: [String: JSONValue]
  let name: String
  let inboundNodes: [JSONValue]

  init(_ entry: JSONValue) throws(ImportError) {
    guard let className = entry["class_name"].asString, let values = entry["config"].asObject else {
      throw ImportError(
        "an entry of the model's layers, \(entry.brief), has no class_name or no config; the file is damaged or "
          + "was edited: save the model again.")
    }
    guard let name = entry["name"].asString ?? values["name"]?.asString else {
      throw ImportError(
        "a layer of class '\(className)' has no name; the file is damaged or was edited: save the model again.")
    }
    (self.className, self.values, self.name) = (className, values, name)
    inboundNodes = entry["inbound_nodes"].asArray ?? []
    if LayerEntry.modelClasses.contains(className) {
      throw ImportError(
        "layer '\(name)' is a model inside the model (\(className)), which is not supported yet; build the model "
          + "from its layers.")
    }
    if let registered = entry["registered_name"].asString, registered.contains(">") {
      throw ImportError(
        "layer '\(name)' is of the custom class '\(registered)', which only its author's code can run; replace it "
          + "by Keras's own layers.")
    }
    let module = entry["module"].asString ?? ""
    if module.contains(".ops.") || ["TFOpLambda", "SlicingOpLambda", "Lambda"].contains(className) {
      throw operationError(className)
    }
  }

  func layer(kerasVersion: Int) throws(ImportError) -> any Layer {
    // Keras 1 and 2 may give the name beside the config only.
    try LayerRegistry.layer(
      className, values.merging(["name": .string(name)]) { _, new in new }, kerasVersion: kerasVersion)
  }

  /// What the layer reads, where it is called exactly once.
  func inputs() throws(ImportError) -> [TensorReference] {
    if className == "InputLayer" { return [] }
    guard inboundNodes.count < 2 else {
      throw ImportError(
        "layer '\(name)' (\(className)) is called \(inboundNodes.count) times (shared), which is not supported "
          + "yet; give every call a layer of its own.")
    }
    guard let node = inboundNodes.first else {
      throw ImportError("layer '\(name)' (\(className)) is never called; save the model again.")
    }
    let inputs = node.asObject == nil ? try keras2Inputs(node) : try keras3Inputs(node)
    guard !inputs.isEmpty else {
      throw ImportError("layer '\(name)' (\(className)) has no inputs; save the model again.")
    }
    if let reference = inputs.first(where: { $0.node != 0 || $0.tensor != 0 }) {
      throw ImportError(
        "layer '\(name)' (\(className)) reads call \(reference.node), output \(reference.tensor) of "
          + "'\(reference.layer)'; only the first output of a layer that is called once is supported: give every call "
          + "a layer of its own.")
    }
    return inputs
  }

  /// `[["conv2d", 0, 0, {"training": null}], ...]`
  private func keras2Inputs(_ node: JSONValue) throws(ImportError) -> [TensorReference] {
    guard let list = node.asArray else { throw nodeError(node) }
    // Without the outer list it is the first operand of an operation.
    if TensorReference(node) != nil { throw operationError(className) }
    var inputs: [TensorReference] = []
    for item in list {
      guard let reference = TensorReference(item) else { throw nodeError(item) }
      if let arguments = item.asArray?.dropFirst(3).first { try checkArguments(arguments) }
      inputs.append(reference)
    }
    return inputs
  }

  /// `{"args": [tensor], "kwargs": {}}` or `{"args": [[tensor, tensor]], ...}`
  private func keras3Inputs(_ node: JSONValue) throws(ImportError) -> [TensorReference] {
    // Keras 3 writes training: false for every Dropout; fit, evaluate and predict override it (observed with 3.15).
    try checkArguments(.object((node["kwargs"].asObject ?? [:]).filter { $0.key != "training" || $0.value != false }))
    guard let arguments = node["args"].asArray else { throw nodeError(node) }
    // A layer takes one argument, a tensor or a list of them; an operation takes its operands one by one.
    guard arguments.count == 1 else { throw operationError(className) }
    var inputs: [TensorReference] = []
    for tensor in arguments[0].asArray ?? arguments {
      guard tensor["class_name"].asString == "__keras_tensor__",
        let reference = TensorReference(tensor["config"]["keras_history"])
      else { throw nodeError(tensor) }
      inputs.append(reference)
    }
    return inputs
  }

  private func checkArguments(_ arguments: JSONValue) throws(ImportError) {
    let given = (arguments.asObject ?? [:]).filter { $0.value != .null }
    guard let (key, value) = given.min(by: { $0.key < $1.key }) else { return }
    throw ImportError(
      "layer '\(name)' (\(className)) is called with \(key) = \(value.brief), which is not supported yet; call it "
        + "with its inputs only.")
  }

  private func nodeError(_ node: JSONValue) -> ImportError {
    ImportError(
      "layer '\(name)' (\(className)): its input \(node.brief) cannot be understood; save the model again with "
        + "Keras 2 or 3.")
  }

  private func operationError(_ operation: String) -> ImportError {
    ImportError(
      "'\(name)' is an operation (\(operation)) and not a layer, which is not supported yet; use Keras's layers "
        + "instead, such as Add, Rescaling or Activation.")
  }
}
