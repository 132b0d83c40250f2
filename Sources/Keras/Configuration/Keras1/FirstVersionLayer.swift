import Networks

/// Layers as Keras 1 wrote them, in the words of Keras 2. Whatever is written in those words already stays as it is.
enum FirstVersionLayer {
  /// Classes that have another name now.
  private static let classes = [
    "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D", "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D", "Convolution3D": "Conv3D", "Deconvolution2D": "Conv2DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
  ]

  /// Arguments that have another name now, whatever the class.
  private static let arguments = [
    "W_constraint": "kernel_constraint", "W_regularizer": "kernel_regularizer", "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer", "beta_init": "beta_initializer", "bias": "use_bias", "border_mode": "padding",
    "dim_ordering": "data_format", "gamma_init": "gamma_initializer", "init": "kernel_initializer",
    "nb_filter": "filters", "subsample": "strides",
  ]

  /// Arguments that have another name now in some classes.
  private static let ownArguments: [String: [String: String]] = [
    "AveragePooling1D": ["pool_length": "pool_size", "stride": "strides"],
    "Conv1D": ["atrous_rate": "dilation_rate", "filter_length": "kernel_size", "subsample_length": "strides"],
    "Conv2D": ["atrous_rate": "dilation_rate"], "Dense": ["output_dim": "units"], "Dropout": ["p": "rate"],
    "Embedding": [
      "W_constraint": "embeddings_constraint", "W_regularizer": "embeddings_regularizer",
      "init": "embeddings_initializer",
    ],
    "GaussianDropout": ["p": "rate"], "GaussianNoise": ["sigma": "stddev"],
    "MaxPooling1D": ["pool_length": "pool_size", "stride": "strides"], "PReLU": ["init": "alpha_initializer"],
    "SpatialDropout1D": ["p": "rate"], "SpatialDropout2D": ["p": "rate"], "SpatialDropout3D": ["p": "rate"],
    "UpSampling1D": ["length": "size"],
  ]

  /// Classes that have an order of axes, but did not write it.
  static let withoutOrder: Set = [
    "Cropping2D", "Cropping3D", "SpatialDropout2D", "SpatialDropout3D", "UpSampling2D", "UpSampling3D", "ZeroPadding2D",
    "ZeroPadding3D",
  ]

  /// Arguments that say nothing that is not said elsewhere: in the shape of the input.
  private static let spareArguments: Set = ["input_dtype", "input_dim", "input_length"]

  /// The class and configuration of a layer.
  static func translated(
    _ className: String, _ values: [String: JSONValue]
  ) throws(ImportError) -> (className: String, values: [String: JSONValue]) {
    let layer = values["name"]?.asString ?? className
    if className == "Merge" { return try FirstVersionMerge.translated(values) }
    let newName = classes[className] ?? className
    let own = ownArguments[newName] ?? [:]
    var result: [String: JSONValue] = [:]
    for (key, value) in values {
      if spareArguments.contains(key), newName != "Embedding" || key == "input_dtype" { continue }
      result[own[key] ?? arguments[key] ?? key] = value
    }
    joinSizes(&result)
    if let order = result["data_format"]?.asString { result["data_format"] = dataFormat(order) }
    if let padding = result["padding"]?.asString, padding == "full" {
      throw ImportError(
        "layer '\(layer)' (\(className)): border_mode 'full' is not supported, which Keras 2 does not have either; "
          + "build the model with 'same' or 'valid'.")
    }
    try expect("mode", 0, in: &result, layer, className, where: newName == "BatchNormalization")
    try expect("dropout", 0, in: &result, layer, className, where: newName == "Embedding")
    if newName == "SeparableConv2D", let first = result.removeValue(forKey: "kernel_initializer") {
      (result["depthwise_initializer"], result["pointwise_initializer"]) = (first, first)
    }
    if newName.hasPrefix("ZeroPadding") { result["padding"] = result["padding"].map(margins) }
    for (key, value) in result {
      if key.hasSuffix("_regularizer") { result[key] = FirstVersionSettings.regularizer(value) }
      if key.hasSuffix("_constraint") { result[key] = FirstVersionSettings.constraint(value) }
    }
    return (newName, result)
  }

  /// Sizes of kernels, which had an argument for each axis.
  private static func joinSizes(_ values: inout [String: JSONValue]) {
    for keys in [["nb_row", "nb_col"], ["kernel_dim1", "kernel_dim2", "kernel_dim3"]] {
      let sizes = keys.compactMap { values[$0] }
      guard sizes.count == keys.count else { continue }
      for key in keys { values[key] = nil }
      values["kernel_size"] = .array(sizes)
    }
  }

  private static func dataFormat(_ order: String) -> JSONValue {
    switch order {
    case "tf": "channels_last"
    case "th": "channels_first"
    case "default": .null
    default: .string(order)
    }
  }

  /// (top, bottom, left, right), or each under its name, as pairs.
  private static func margins(_ value: JSONValue) -> JSONValue {
    if let sides = value.asObject {
      let pairs = [["top_pad", "bottom_pad"], ["left_pad", "right_pad"]]
      let known = pairs.filter { keys in keys.contains { sides[$0] != nil } }
        .map { JSONValue.array($0.map { sides[$0] ?? 0 }) }
      return known.count == 1 ? known[0] : .array(known)
    }
    guard let sizes = value.asArray, sizes.count == 4 else { return value }
    return .array([.array(Array(sizes[..<2])), .array(Array(sizes[2...]))])
  }

  /// Takes away an argument that no version since has, as long as it does nothing.
  private static func expect(
    _ key: String, _ harmless: Double, in values: inout [String: JSONValue], _ layer: String, _ className: String,
    where applies: Bool
  ) throws(ImportError) {
    guard applies, let value = values.removeValue(forKey: key), value != .null else { return }
    guard value.asNumber == harmless else {
      throw ImportError(
        "layer '\(layer)' (\(className)): \(key) = \(value.brief) of Keras 1 is not supported; only "
          + "\(Int(harmless)) is.")
    }
  }
}
