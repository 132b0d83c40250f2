import Networks

/// An operation of TensorFlow or of Keras 3 that is read as a layer, and written as that layer, which both versions of
/// Keras have.
struct OperationLayer {
  /// Without the number of axes.
  let className: String
  /// Whether the name of the class ends in the number of spatial axes.
  var hasAxes = false
  /// The functions of Keras 2's `TFOpLambda`, and the class of Keras 3.
  var functions: [String] = []
  var operation: String?
  /// What the functions take where nothing is said.
  var standard: [String: JSONValue] = [:]

  private static let all = [
    OperationLayer(
      className: "MaxPooling", hasAxes: true,
      functions: ["nn.max_pool1d", "nn.max_pool2d", "nn.max_pool3d", "nn.max_pool"],
      operation: "MaxPool"),
    OperationLayer(
      className: "AveragePooling", hasAxes: true,
      functions: ["nn.avg_pool1d", "nn.avg_pool2d", "nn.avg_pool3d", "nn.avg_pool"],
      operation: "AveragePool"),
    OperationLayer(
      className: "LocalResponseNormalization", functions: ["nn.local_response_normalization", "nn.lrn"],
      standard: ["depth_radius": 5, "bias": 1, "alpha": 1, "beta": 0.5]),
    OperationLayer(className: "Add", functions: ["math.add_n"]),
    OperationLayer(className: "Flatten", functions: ["keras.backend.batch_flatten"]),
  ]

  static func isClass(_ name: String) -> Bool { all.contains { $0.operation == name } }

  /// The layer that a call of an entry is; nil where it stays an operation.
  ///
  /// - Parameter rank: axes of a sample of the first input.
  static func layer(_ entry: LayerEntry, call: Int, rank: Int, kerasVersion: Int) throws(ImportError) -> (any Layer)? {
    let function = entry.values["function"]?.asString
    guard let known = all.first(where: { function.map($0.functions.contains) ?? ($0.operation == entry.className) })
    else {
      return nil
    }
    var values = function == nil ? entry.values.filter { $0.key != "dtype" && $0.key != "trainable" } : known.standard
    for (key, value) in entry.calls[call].keywords {
      guard case .constant(let constant) = value else { continue }
      values[key] = constant
    }
    values["name"] = .string(entry.name)
    if known.hasAxes { values = pooling(values, rank: rank) }
    let className = known.className + (known.hasAxes ? "\(rank - 1)D" : "")
    return try LayerRegistry.layer(className, values, kerasVersion: kerasVersion)
  }

  /// TensorFlow's arguments as Keras's.
  private static func pooling(_ values: [String: JSONValue], rank: Int) -> [String: JSONValue] {
    var values = values
    if let size = values.removeValue(forKey: "ksize") { values["pool_size"] = size }
    for key in ["pool_size", "strides"] {
      // With 1 for the batch and the channels, or one number for all axes.
      guard let sizes = values[key]?.asArray else { continue }
      if sizes.count == rank + 1, sizes.first == 1, sizes.last == 1 { values[key] = .array(Array(sizes[1..<rank])) }
      if sizes.count == 1 { values[key] = sizes[0] }
    }
    if let padding = values["padding"]?.asString { values["padding"] = .string(padding.lowercased()) }
    if ["NWC", "NHWC", "NDHWC"].contains(values["data_format"]?.asString) { values["data_format"] = "channels_last" }
    return values
  }
}
