import Networks

/// Keras 1's `Merge`, which was one class for all that Keras 2 has a class each for.
enum FirstVersionMerge {
  private static let classes = [
    "ave": "Average", "concat": "Concatenate", "dot": "Dot", "max": "Maximum", "mul": "Multiply", "sum": "Add",
  ]

  /// What it says of tensors' shapes and masks, which follow from the mode where that is a name.
  private static let spareArguments: Set = [
    "arguments", "layers", "output_mask", "output_mask_type", "output_shape", "output_shape_type",
  ]

  static func translated(
    _ values: [String: JSONValue]
  ) throws(ImportError) -> (className: String, values: [String: JSONValue]) {
    let layer = values["name"]?.asString ?? "Merge"
    guard let mode = values["mode"]?.asString, values["mode_type"]?.asString ?? "raw" == "raw" else {
      throw ImportError(
        "layer '\(layer)' (Merge) merges by Python code, which Convoy cannot run; use one of the modes "
          + "\(classes.keys.sorted().joined(separator: ", ")).")
    }
    guard let className = classes[mode] else {
      throw ImportError(
        "layer '\(layer)' (Merge): the mode '\(mode)' is not supported; use one of "
          + "\(classes.keys.sorted().joined(separator: ", ")).")
    }
    let own: Set = ["mode", "mode_type", "concat_axis", "dot_axes"]
    var result = values.filter { !own.contains($0.key) && !spareArguments.contains($0.key) }
    if className == "Concatenate" { result["axis"] = values["concat_axis"] ?? -1 }
    if className == "Dot" { result["axes"] = axes(values["dot_axes"] ?? -1) }
    return (className, result)
  }

  /// An axis, or one for each input, which may be a list of one.
  private static func axes(_ value: JSONValue) -> JSONValue {
    guard let list = value.asArray else { return value }
    return .array(list.map { item in item.asArray.flatMap { $0.count == 1 ? $0[0] : nil } ?? item })
  }
}
