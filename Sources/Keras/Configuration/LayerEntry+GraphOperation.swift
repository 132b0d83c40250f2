import Networks

/// `TensorFlowOpLayer`, with which Keras 2.1 to 2.3 wrote what TensorFlow computes between layers: a node of TensorFlow's
/// graph in the config, and those of its inputs that are constants, by position.
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
  ]

  /// What the second input of an operation with one tensor is.
  private static let secondArguments = [
    "mean": "axis", "sum": "axis", "max": "axis", "min": "axis", "reshape": "newshape", "transpose": "axes",
    "expand_dims": "axis",
  ]

  var isGraphOperation: Bool { className == "TensorFlowOpLayer" }

  /// The operation that a call of the layer is.
  func graphOperation(call: Int) throws(ImportError) -> Operation {
    let node = values["node_def"] ?? .null
    guard let wanted = node["op"].asString, let name = LayerEntry.graphOperations[wanted] else {
      throw ImportError(
        "'\(self.name)' is TensorFlow's operation \(node["op"].brief), which is not supported; use one of "
          + "\(LayerEntry.graphOperations.keys.sorted().joined(separator: ", ")), or layers.")
    }
    let constants = (values["constants"]?.asObject ?? [:]).mapValues(\.plainArray)
    let tensors = calls[call].tensors.count
    var arguments: [String: JSONValue] = [:]
    if let key = LayerEntry.secondArguments[name], let value = constants["1"], constants.count == 1, tensors == 1 {
      // One axis or several; shapes and orders are lists.
      arguments[key] = value
      if node["attr"]["keep_dims"]["b"] == true { arguments["keepdims"] = true }
    } else if OperationForm.named(name).operands == .two, constants.count + tensors == 2, tensors > 0 {
      arguments["constant"] = constants["0"] ?? constants["1"]
      if constants["0"] != nil { arguments["constant_first"] = true }
    } else if OperationForm.named(name).operands != .one || !constants.isEmpty || tensors != 1 {
      throw ImportError(
        "'\(self.name)' (TensorFlow's operation \(wanted)) has \(tensors) inputs and \(constants.count) constants, which do not "
          + "fit it; save the model again.")
    }
    do {
      return try Operation(name, arguments)
    } catch {
      throw ImportError("'\(self.name)': \(error.description)")
    }
  }
}
