import Networks

/// `TensorFlowOpLayer`, with which Keras 2.1 to 2.3 wrote what TensorFlow computes between layers: a node of
/// TensorFlow's graph in the config, and those of its inputs that are constants, by position.
///
///     "node_def": {"op": "AddV2", "attr": {...}, ...}, "constants": {"1": 3.0}
extension LayerEntry {
  /// TensorFlow's names of what `keras.ops` has under another name.
  private static let graphOperations = [
    "AddV2": "add", "Add": "add", "BiasAdd": "add", "Sub": "subtract", "Mul": "multiply", "RealDiv": "divide",
    "Maximum": "maximum", "Minimum": "minimum", "Pow": "power", "Relu": "relu", "Relu6": "relu6", "Sigmoid": "sigmoid",
    "Tanh": "tanh", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Rsqrt": "rsqrt", "Square": "square", "Abs": "absolute",
    "Neg": "negative", "Reciprocal": "reciprocal", "Softplus": "softplus", "Softsign": "softsign", "Elu": "elu",
    "Selu": "selu", "Softmax": "softmax", "Identity": "identity", "Mean": "mean", "Sum": "sum", "Max": "max",
    "Min": "min", "Reshape": "reshape", "Transpose": "transpose", "ExpandDims": "expand_dims",
    "StridedSlice": "get_item",
  ]

  /// What the second input of an operation with one tensor is.
  private static let secondArguments = [
    "mean": "axis", "sum": "axis", "max": "axis", "min": "axis", "reshape": "newshape", "transpose": "axes",
    "expand_dims": "axis",
  ]

  var isGraphOperation: Bool { className == "TensorFlowOpLayer" }

  /// The operation that a call of the layer is.
  ///
  /// - Parameter rank: axes of a sample of the first input.
  func graphOperation(call: Int, rank: Int) throws(ImportError) -> Operation {
    let node = values["node_def"] ?? .null
    guard let wanted = node["op"].asString, let name = LayerEntry.graphOperations[wanted] else {
      throw ImportError(
        "'\(self.name)' is TensorFlow's operation \(node["op"].brief), which is not supported; use one of "
          + "\(LayerEntry.graphOperations.keys.sorted().joined(separator: ", ")), or layers.")
    }
    let constants = (values["constants"]?.asObject ?? [:]).mapValues(\.plainArray)
    let tensors = calls[call].tensors.count
    var arguments: [String: JSONValue] = [:]
    if name == "get_item", tensors == 1, constants.count == 3 {
      arguments["key"] = .array(try selection(constants, node["attr"]))
    } else if let key = LayerEntry.secondArguments[name], let value = constants["1"], constants.count == 1, tensors == 1
    {
      // One axis or several; shapes and orders are lists.
      arguments[key] = value
      if node["attr"]["keep_dims"]["b"] == true { arguments["keepdims"] = true }
    } else if OperationForm.named(name).operands == .two, constants.count + tensors == 2, tensors > 0 {
      arguments["constant"] = constants["0"] ?? constants["1"]
      if constants["0"] != nil { arguments["constant_first"] = true }
      // "NCHW", as Protocol Buffers write bytes in JSON.
      if wanted == "BiasAdd", node["attr"]["data_format"]["s"] == "TkNIVw==" {
        guard tensors == 1 else { throw tensorOfChannelsFirst }
        arguments["constant"] = arguments["constant"]?.behindChannels(rank: rank)
      }
    } else if OperationForm.named(name).operands != .one || !constants.isEmpty || tensors != 1 {
      throw ImportError(
        "'\(self.name)' (TensorFlow's operation \(wanted)) has \(tensors) inputs and \(constants.count) constants, "
          + "which do not "
          + "fit it; save the model again.")
    }
    do {
      return try Operation(name, arguments)
    } catch {
      throw ImportError("'\(self.name)': \(error.description)")
    }
  }

  /// The items of a `StridedSlice`: where each begins and ends, its step, and masks with a bit for each item that is
  /// another one.
  private func selection(
    _ constants: [String: JSONValue], _ attributes: JSONValue
  ) throws(ImportError) -> [JSONValue] {
    let bounds = ["1", "2", "3"].map { (constants[$0]?.asArray ?? []).compactMap(\.asInteger) }
    guard !bounds[0].isEmpty, bounds.allSatisfy({ $0.count == bounds[0].count }), bounds[0].count < 32 else {
      throw ImportError(
        "'\(name)' (TensorFlow's operation StridedSlice) has bounds of different lengths; save the model again.")
    }
    func has(_ mask: String, _ place: Int) -> Bool {
      let value = attributes[mask]["i"]
      return ((value.asInteger ?? value.asString.flatMap { Int($0) } ?? 0) >> place) & 1 == 1
    }
    return bounds[0].indices.map { place in
      if has("ellipsis_mask", place) { return "..." }
      if has("new_axis_mask", place) { return .null }
      if has("shrink_axis_mask", place) { return .integer(bounds[0][place]) }
      return .object([
        "start": has("begin_mask", place) ? .null : .integer(bounds[0][place]),
        "stop": has("end_mask", place) ? .null : .integer(bounds[1][place]), "step": .integer(bounds[2][place]),
      ])
    }
  }
}
