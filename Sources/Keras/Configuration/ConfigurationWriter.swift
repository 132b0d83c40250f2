import Kernels
import Networks
import Tensors

/// Writes the configuration of a graph and of the models inside it.
struct ConfigurationWriter {
  let graph: Graph
  let outlines: [ModelOutline]
  let dialect: KerasDialect

  /// `class_name` and `config` of a model.
  func model(_ outline: ModelOutline) -> [String: JSONValue] {
    var values: [String: JSONValue] = ["name": .string(outline.name)]
    var members: [String: JSONValue] = [:]
    if outline.isSequential {
      members["class_name"] = "Sequential"
      values["layers"] = .array(outline.entries.map { .object(entry($0)) })
      if dialect == .keras3 { members["module"] = "keras" }
    } else {
      members["class_name"] = "Functional"
      values["trainable"] = true
      values["layers"] = .array(outline.entries.map { .object(functionalEntry($0, of: outline)) })
      values["input_layers"] = references(outline.inputs, of: outline)
      values["output_layers"] = references(outline.outputs, of: outline)
      if dialect == .keras3 { members["module"] = "keras.src.models.functional" }
    }
    members["config"] = .object(values)
    return members
  }

  private func functionalEntry(_ entry: ModelOutline.Entry, of outline: ModelOutline) -> [String: JSONValue] {
    var members = self.entry(entry)
    members["name"] = .string(entry.name)
    let calls = entry.calls.filter { !$0.inputs.isEmpty }
    members["inbound_nodes"] = .array(calls.map { node($0, entry, of: outline) })
    return members
  }

  /// Class and configuration of a layer or a nested model.
  private func entry(_ entry: ModelOutline.Entry) -> [String: JSONValue] {
    switch entry.content {
    case .model(let index):
      return model(outlines[index])
    case .layer(let index):
      if let operation = graph.nodes[index].layer as? Operation { return self.operation(operation, entry.name) }
      let className = graph.nodes[index].layer.kerasName
      var members: [String: JSONValue] = [
        "class_name": .string(className),
        "config": configuration(graph.nodes[index], entry.name),
      ]
      if dialect == .keras3 {
        let module = ConfigurationWriter.applicationModules[className]
        members["module"] = .string(module ?? "keras.layers")
        members["registered_name"] = module == nil ? .null : .string(className)
      }
      return members
    }
  }

  /// Where Keras 3 has those layers that only a network of its applications has.
  private static let applicationModules = [
    "LayerScale": "keras.src.applications.convnext", "StochasticDepth": "keras.src.applications.convnext",
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
  ]

  /// What of an operation is not in its calls.
  private func operation(_ operation: Operation, _ name: String) -> [String: JSONValue] {
    precondition(dialect == .keras3, "operations are written in Keras 3's style")
    let form = OperationForm.named(operation.name)
    let inCalls: Set = ["constant", "constant_first", "constant_values", form.name == "get_item" ? "key" : ""]
    var values = operation.arguments.filter { !inCalls.contains($0.key) }
    // Without them Keras cannot make the object.
    if form.name == "clip" { values["x_max"] = values["x_max"] ?? .null }
    if form.name == "pad" { values["mode"] = "constant" }
    // Keras's standard is the approximation.
    if form.name == "gelu" { values["approximate"] = values["approximate"] ?? false }
    values["name"] = .string(name)
    return [
      "module": .string("keras.src.ops.\(form.module)"), "class_name": .string(form.className),
      "config": .object(values), "registered_name": .string(form.className),
    ]
  }

  /// The arguments of a call of an operation: tensors, constants and what is taken of a tensor.
  private func operationNode(_ operation: Operation, _ tensors: [JSONValue]) -> JSONValue {
    var (arguments, keywords) = (tensors, [String: JSONValue]())
    if OperationForm.named(operation.name).operands == .list { arguments = [.array(tensors)] }
    if let constant = operation.arguments["constant"] {
      arguments.insert(operand(constant), at: operation.arguments["constant_first"] == true ? 0 : 1)
    }
    if let value = operation.arguments["constant_values"] { keywords["constant_values"] = value }
    if let key = operation.arguments["key"]?.asArray {
      let items = key.map { item -> JSONValue in
        guard item.asObject != nil else { return item }
        let bounds = ["start", "stop", "step"].map { ($0, item[$0]) }
        return .object([
          "class_name": "__slice__", "config": .object(Dictionary(uniqueKeysWithValues: bounds)),
        ])
      }
      arguments.append(.array(items))
    }
    return .object(["args": .array(arguments), "kwargs": .object(keywords)])
  }

  /// A constant operand: an array is a tensor, for Keras takes a list for several operands.
  private func operand(_ constant: JSONValue) -> JSONValue {
    guard constant.asArray != nil else { return constant }
    return .object(["class_name": "__tensor__", "config": .object(["value": constant, "dtype": "float32"])])
  }

  private func configuration(_ node: Graph.Node, _ name: String) -> JSONValue {
    var values = node.layer.kerasConfiguration()
    values["name"] = .string(name)
    values["dtype"] = values["dtype"] ?? "float32"
    if values.removeValue(forKey: "batch_shape") != nil {
      // Keras 3 also understands what Keras 2 calls the shape of an input.
      values["batch_input_shape"] = .array([.null] + inputSizes(of: node))
    } else if node.role.isFrozen, !node.signature.parameters.isEmpty {
      // Keras 3 has layers without parameters that do not know the key.
      values["trainable"] = false
    }
    return .object(values)
  }

  /// The sizes of an input in Keras's order; null where calls of its model differ in them, or where they are open.
  private func inputSizes(of node: Graph.Node) -> [JSONValue] {
    let calls = graph.nodes.filter { $0.layer is Input && $0.role.owner == node.role.owner }.map {
      ($0.layer as? Input)?.kerasShape ?? $0.signature.outputs[0]
    }
    let sizes = ((node.layer as? Input)?.kerasShape ?? node.signature.outputs[0]).dimensions
    return sizes.enumerated().map { axis, size in
      if graph.hasOpenSizes, axis < sizes.count - 1 { return .null }
      return calls.allSatisfy { $0.dimensions[axis] == size } ? .integer(size) : .null
    }
  }

  private func node(_ call: ModelOutline.Call, _ entry: ModelOutline.Entry, of outline: ModelOutline) -> JSONValue {
    switch dialect {
    case .keras2:
      // The last element holds the arguments of the call.
      let arguments: JSONValue = isAtInference(call, entry) ? .object(["training": false]) : .object([:])
      return .array(call.inputs.map { .array(reference($0, of: outline) + [arguments]) })
    case .keras3:
      let tensors = call.inputs.map { tensor($0, of: outline) }
      if case .layer(let index) = entry.content, let operation = graph.nodes[index].layer as? Operation {
        return operationNode(operation.spelledOut(rank: graph.shape(graph.nodes[index].inputs[0]).rank), tensors)
      }
      let arguments: JSONValue = isAtInference(call, entry) ? .object(["training": false]) : .object([:])
      if case .layer(let index) = entry.content, graph.nodes[index].layer is CategoryEncoding, tensors.count == 2 {
        return .object(["args": .array([tensors[0]]), "kwargs": .object(["count_weights": tensors[1]])])
      }
      return .object(["args": .array(tensors.count == 1 ? tensors : [.array(tensors)]), "kwargs": arguments])
    }
  }

  /// Whether the call was made with `training=False`, in difference to the call of the model that it stands in.
  private func isAtInference(_ call: ModelOutline.Call, _ entry: ModelOutline.Entry) -> Bool {
    func parent(_ scope: Int?) -> Bool { scope.map { graph.scopes[$0].isAtInference } ?? false }
    switch entry.content {
    case .layer:
      let role = graph.nodes[call.position].role
      return role.isAtInference && !parent(role.scope)
    case .model:
      let scope = graph.scopes[call.position]
      return scope.isAtInference && !parent(scope.parent)
    }
  }

  private func tensor(_ reference: ModelOutline.Reference, of outline: ModelOutline) -> JSONValue {
    let shape = JSONValue.array([.null] + shape(of: reference, in: outline).map { .integer($0) })
    let history = JSONValue.array(self.reference(reference, of: outline))
    return .object([
      "class_name": "__keras_tensor__",
      "config": .object(["shape": shape, "dtype": .string(dtype(of: reference, in: outline)), "keras_history": history]
      ),
    ])
  }

  private func dtype(of reference: ModelOutline.Reference, in outline: ModelOutline) -> String {
    let entry = outline.entries[reference.entry]
    guard case .layer = entry.content,
      let input = graph.nodes[entry.calls[reference.call].position].layer as? Input
    else { return "float32" }
    return input.form == .number ? "float32" : input.form == .text ? "string" : "int64"
  }

  private func shape(of reference: ModelOutline.Reference, in outline: ModelOutline) -> [Int] {
    let entry = outline.entries[reference.entry]
    let position = entry.calls[reference.call].position
    switch entry.content {
    case .layer:
      let node = graph.nodes[position]
      return ((node.layer as? Input)?.kerasShape ?? node.signature.outputs[reference.tensor]).dimensions
    case .model: return graph.shape(graph.scopes[position].outputs[reference.tensor]).dimensions
    }
  }

  /// A list, except for a single one, which Keras 3 wants bare.
  private func references(_ references: [ModelOutline.Reference], of outline: ModelOutline) -> JSONValue {
    let written = references.map { JSONValue.array(reference($0, of: outline, isOutput: true)) }
    return written.count == 1 ? written[0] : .array(written)
  }

  private func reference(
    _ reference: ModelOutline.Reference, of outline: ModelOutline, isOutput: Bool = false
  ) -> [JSONValue] {
    let entry = outline.entries[reference.entry]
    var call = reference.call
    if case .model(let index) = entry.content {
      // Keras counts a model's own making as its first call: `CallNumbering`.
      switch dialect {
      case .keras2: call += 1
      case .keras3: call += isOutput && !outlines[index].isSequential ? 1 : 0
      }
    }
    return [.string(entry.name), .integer(call), .integer(reference.tensor)]
  }
}
