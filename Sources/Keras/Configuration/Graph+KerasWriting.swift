public import Networks

extension Graph {
  /// The architecture as `model_config`: in the style of Keras 2, which Keras 3 and tf_keras both read.
  public var kerasModel: JSONValue {
    if isSequential {
      return model("Sequential", ["name": .string(name), "layers": .array(nodes.map(sequentialEntry))])
    }
    return model(
      "Functional",
      [
        "name": .string(name), "trainable": true, "layers": .array(nodes.map(functionalEntry)),
        "input_layers": references(inputs), "output_layers": references(outputs),
      ])
  }

  private func model(_ className: String, _ values: [String: JSONValue]) -> JSONValue {
    .object(["class_name": .string(className), "config": .object(values)])
  }

  private func sequentialEntry(_ node: Node) -> JSONValue {
    .object(["class_name": .string(node.layer.kerasName), "config": configuration(node)])
  }

  private func functionalEntry(_ node: Node) -> JSONValue {
    // The last element holds the arguments of the call.
    let inputs = node.inputs.map { JSONValue.array(reference($0) + [.object([:])]) }
    return .object([
      "class_name": .string(node.layer.kerasName), "config": configuration(node), "name": .string(node.name),
      "inbound_nodes": .array(inputs.isEmpty ? [] : [.array(inputs)]),
    ])
  }

  private func configuration(_ node: Node) -> JSONValue {
    var values = node.layer.kerasConfiguration()
    values["name"] = .string(node.name)
    values["dtype"] = "float32"
    if let shape = values.removeValue(forKey: "batch_shape") {
      // Keras 3 also understands what Keras 2 calls the shape of an input.
      values["batch_input_shape"] = shape
    } else {
      values["trainable"] = true
    }
    return .object(values)
  }

  /// A list, except for a single one, which Keras 3 wants bare.
  private func references(_ values: [Value]) -> JSONValue {
    let references = values.map { JSONValue.array(reference($0)) }
    return references.count == 1 ? references[0] : .array(references)
  }

  private func reference(_ value: Value) -> [JSONValue] {
    [.string(nodes[value.node].name), 0, .integer(value.output)]
  }
}
