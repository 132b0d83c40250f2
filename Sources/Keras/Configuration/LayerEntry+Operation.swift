import Networks

extension LayerEntry {
  /// The operation that a call of this entry is. The tensors of the call, in order, are its inputs.
  ///
  /// - Parameter rank: axes of a sample of the first input.
  func operation(call: Int, rank: Int) throws(ImportError) -> Operation {
    let form = try OperationForm.of(self)
    let call = calls[call]
    var arguments: [String: JSONValue] = [:]
    // Keras 3's static arguments are in the config, those of Keras 2 in the call.
    if values["function"] == nil {
      for (key, value) in values where !["name", "dtype", "trainable"].contains(key) { arguments[key] = value }
    }
    var operands = call.arguments
    for (key, value) in call.keywords {
      switch (key, value) {
      case ("name", _), ("validate_indices", _), ("conjugate", .constant(false)), ("training", _): continue
      // Operands after the first one that Keras 2 gives by name.
      case ("y", _), ("b", _), ("bias", _), ("x2", _), (_, .tensor), (_, .list), (_, .members): operands.append(value)
      case (_, .constant(let constant)): arguments[form.renamed[key] ?? key] = constant
      }
    }
    if form.name == "get_item", operands.count == 2, case .constant(let key) = operands[1] {
      arguments["key"] = .array((key.asArray ?? [key]).map(\.selectionItem))
      operands.removeLast()
    } else if let key = arguments["key"] {
      arguments["key"] = .array((key.asArray ?? [key]).map(\.selectionItem))
    }
    if values["function"] != nil { translate(&arguments, of: form.name) }
    // See `GraphBuilder.appendTransposes`.
    if form.name == "matmul" { arguments = arguments.filter { !["transpose_a", "transpose_b"].contains($0.key) } }
    let tensors = call.tensors.count
    let isChannelsFirst = try takeAxisOrder(from: &arguments, of: form, tensors: tensors)
    switch form.operands {
    case .one:
      guard operands.count == 1, tensors == 1 else { throw operandError(form, operands.count) }
    case .list:
      guard operands.count == 1, tensors > 0, case .list(let list) = operands[0], list.count == tensors else {
        if tensors == 1, operands.count == 1 { break }
        throw operandError(form, operands.count)
      }
    case .two:
      guard operands.count == 2, tensors == 1 || tensors == 2 else { throw operandError(form, operands.count) }
      for (position, operand) in operands.enumerated() {
        guard case .constant(let value) = operand else { continue }
        arguments["constant"] = isChannelsFirst ? value.plainArray.behindChannels(rank: rank) : value.plainArray
        if position == 0 { arguments["constant_first"] = true }
      }
    }
    do {
      return try Operation(form.name, arguments.filter { !isStandard($0.key, $0.value) })
    } catch {
      throw ImportError("'\(name)': \(error.description)")
    }
  }

  /// Arguments that TensorFlow gives in another way than Keras 3.
  private func translate(_ arguments: inout [String: JSONValue], of operation: String) {
    // The least sum of squares; Keras has the least norm.
    if operation == "normalize" {
      arguments["epsilon"] = .number((arguments["epsilon"]?.asNumber ?? 1e-12).squareRoot())
    }
  }

  /// Takes away the order of axes of `nn.bias_add`, and says whether the channels come first.
  private func takeAxisOrder(
    from arguments: inout [String: JSONValue], of form: OperationForm, tensors: Int
  ) throws(ImportError) -> Bool {
    guard values["function"] == "nn.bias_add", let order = arguments.removeValue(forKey: "data_format")?.asString else {
      return false
    }
    let isChannelsFirst = order.hasPrefix("NC")
    guard !isChannelsFirst || tensors == 1 else { throw tensorOfChannelsFirst }
    return isChannelsFirst
  }

  var tensorOfChannelsFirst: ImportError {
    ImportError("'\(name)' adds a tensor to channels that come first, which is not supported; use an addition.")
  }

  /// Arguments that every call has and that say nothing.
  private func isStandard(_ key: String, _ value: JSONValue) -> Bool {
    if value == .null || value == false { return true }
    switch key {
    case "mode", "fill_mode": return value.asString?.lowercased() == "constant"
    case "constant_values", "fill_value": return value.asNumber == 0
    case "data_format": return value == "channels_last"
    default: return false
    }
  }

  private func operandError(_ form: OperationForm, _ count: Int) -> ImportError {
    ImportError(
      "'\(name)' (the operation \(form.name)) is called with \(count) operands that do not fit it; save the model "
        + "again."
    )
  }
}

extension JSONValue {
  /// One item of a selection as Keras writes it, as `Operation` wants it.
  fileprivate var selectionItem: JSONValue {
    switch self["class_name"].asString {
    case "__slice__": self["config"]
    case "__ellipsis__", "Ellipsis": "..."
    default: self
    }
  }

  /// Numbers for the channels, with axes of size 1 behind them in place of all other axes of a sample.
  func behindChannels(rank: Int) -> JSONValue {
    guard let list = asArray else { return self }
    return .array(list.map { value in (1..<max(1, rank)).reduce(value) { inner, _ in .array([inner]) } })
  }

  /// The numbers of an array that Keras writes with its type.
  var plainArray: JSONValue {
    ["__tensor__", "__numpy__"].contains(self["class_name"].asString ?? "") ? self["config"]["value"] : self
  }
}
