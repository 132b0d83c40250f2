import Networks
import Tensors

extension LayerEntry {
  func layer(kerasVersion: Int, foreign: ForeignSettings? = nil) throws(ImportError) -> any Layer {
    // Keras 1 and 2 may give the name beside the config only.
    try LayerRegistry.layer(className, ownValues, kerasVersion: kerasVersion, foreign: foreign)
  }

  /// Without what becomes a layer of its own: see `GraphBuilder.appendActivityRegularization`; and without what
  /// `checkOutput` looks at.
  var ownValues: [String: JSONValue] {
    values.merging(["name": .string(name)]) { _, new in new }
      .filter { $0.key != "activity_regularizer" && $0.key != "output_shape" }
  }

  /// Compares the shape that Keras 1 wrote for a transposed convolution, which could be larger than it is without.
  func checkOutput(_ shape: Shape) throws(ImportError) {
    guard let sizes = values["output_shape"]?.asArray?.dropFirst().map(\.asInteger) else { return }
    let fits = sizes.count == shape.rank && zip(sizes, shape.dimensions).allSatisfy { $0 == nil || $0 == $1 }
    guard fits else {
      throw ImportError(
        "layer '\(name)' (\(className)) has the output_shape \(values["output_shape"]!.brief) in its file, but makes "
          + "\(shape); such shapes of Keras 1 are not supported.")
    }
  }

  /// Whether an input has more digits than floats.
  var isOfLongIntegers: Bool {
    ["int64", "uint64", "int32", "uint32"].contains(values["dtype"]?.asString ?? "")
  }

  /// Whether sizes of an input are null.
  var leavesSizesOpen: Bool {
    (values["batch_shape"] ?? values["batch_input_shape"])?.asArray?.dropFirst().contains(.null) ?? false
  }

  /// An input of the model itself, at a position among its inputs.
  func input(_ position: Int, openSizes: OpenSizes, kerasVersion: Int) throws(ImportError) -> any Layer {
    guard let axes = (values["batch_shape"] ?? values["batch_input_shape"])?.asArray else {
      return try layer(kerasVersion: kerasVersion)
    }
    var values = values
    values["batch_input_shape"] = nil
    let sizes = axes.dropFirst().enumerated().map { axis, size in
      size == .null ? openSizes.size(ofInput: position, axis: axis).map { .integer($0) } ?? .null : size
    }
    values["batch_shape"] = .array(axes.prefix(1) + sizes)
    values["name"] = .string(name)
    return try LayerRegistry.layer(className, values, kerasVersion: kerasVersion)
  }

  /// Whether it is an operation and not a layer. In an HDF5 file of Keras 3 nothing but its class and its call say so:
  /// a layer takes one argument, a tensor or a list of them, and an operation takes its operands one by one.
  var isOperation: Bool {
    if ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"].contains(className) { return true }
    if (source["module"].asString ?? "").contains(".ops.") { return true }
    guard isKeras3 else { return false }
    return calls.contains { $0.arguments.count > 1 } || values["newshape"] != nil
      || (OperationForm.isClass(className) || OperationLayer.isClass(className))
        && !LayerRegistry.names.contains(className)
  }

  /// Which call of this layer a reference means; nil where there is no such call.
  func callNumber(_ node: Int, _ numbering: CallNumbering, isOutput: Bool) -> Int? {
    let count = isInput ? 1 : calls.count
    let isCountedFromOne =
      switch numbering {
      case .keras2: isModel
      case .keras3: isModel && isOutput && className != "Sequential"
      case .fromZero: false
      }
    let number = isCountedFromOne ? node - 1 : node
    return (0..<count).contains(number) ? number : nil
  }

  /// Whether a call asks for inference in training (`training=False`).
  ///
  /// - Throws: an error for any other argument than inputs.
  func isAtInference(call: Int) throws(ImportError) -> Bool {
    guard call < calls.count else { return false }
    var isAtInference = false
    for (key, value) in calls[call].keywords.sorted(by: { $0.key < $1.key }) {
      if key == "training", case .constant(false) = value {
        // Keras 3 writes training: false for every Dropout; fit, evaluate and predict override it (observed with 3.15).
        isAtInference = !(isKeras3 && className.contains("Dropout"))
        continue
      }
      // The mask of nothing, as Keras 3 writes it for nested models; or one that the graph is built with.
      if key == "mask", case .constant(let value) = value, value.asArray?.allSatisfy({ $0 == .null }) == true {
        continue
      }
      if key == "mask", !isModel, case .tensor = value { continue }
      if key == "count_weights", className == "CategoryEncoding", case .tensor = value { continue }
      // Keras 3 writes training: true for every layer that prepares images, and overrides it in the same way.
      if key == "training", case .constant(true) = value, isKeras3, LayerRegistry.isPreprocessing(className) {
        continue
      }
      let text = if case .constant(let constant) = value { constant.brief } else { "a tensor" }
      throw ImportError(
        "layer '\(name)' (\(className)) is called with \(key) = \(text), which is not supported; call it with its "
          + "inputs "
          + "only.")
    }
    if calls[call].arguments.count != 1 {
      throw ImportError(
        "layer '\(name)' (\(className)) is called with \(calls[call].arguments.count) arguments, which is not "
          + "supported; "
          + "call it with one tensor or one list of tensors.")
    }
    return isAtInference
  }

  /// What a nested model is called with, in the order of its inputs.
  func arguments(call: Int, values: [Graph.Value], of model: ModelEntry) throws(ImportError) -> [Graph.Value] {
    guard call < calls.count, case .members(let members)? = calls[call].arguments.first else { return values }
    // The values came sorted by name.
    let byName = Dictionary(uniqueKeysWithValues: zip(members.keys.sorted(), values))
    var ordered: [Graph.Value] = []
    for input in model.inputs {
      guard let value = byName[input.layer] else {
        throw ImportError(
          "the model '\(name)' inside the model is called with \(members.keys.sorted().brief), but takes "
            + "'\(input.layer)'; "
            + "save the model again.")
      }
      ordered.append(value)
    }
    return ordered
  }

  /// Checks the shape that a nested model's input says it has; sizes may be left open.
  func expectInput(of shape: Shape) throws(ImportError) {
    let axes = values["batch_shape"]?.asArray ?? values["batch_input_shape"]?.asArray
    guard let axes else { return }
    let sizes = axes.dropFirst().map(\.asInteger)
    let fits = sizes.count == shape.rank && zip(sizes, shape.dimensions).allSatisfy { $0 == nil || $0 == $1 }
    guard fits else {
      throw ImportError(
        "input '\(name)' of a model inside the model has the shape \(JSONValue.array(axes).brief), but its model is "
          + "called "
          + "with \(shape); save the model again.")
    }
  }

  /// Whole numbers in a configuration that are no sizes.
  private static let otherNumbers: Set<String> = [
    "seed", "mean", "variance", "scale", "offset", "value_range", "vocabulary", "salt", "mask_value", "mask_token",
    "oov_token",
  ]

  /// Refuses sizes whose products would overflow, before anything is computed from them.
  func checkSizes(_ inputs: [Shape]) throws(ImportError) {
    let factors =
      [inputs.map(\.count).max() ?? 1]
      + values.flatMap { LayerEntry.otherNumbers.contains($0.key) ? [] : $0.value.factors }
    guard factors.saturatedProduct <= 1 << 52 else {
      throw ImportError(
        "layer '\(name)' (\(className)) has sizes that no memory holds for the inputs "
          + "\(inputs.map(\.description).joined(separator: " and ")); make them smaller.")
    }
  }
}

extension JSONValue {
  /// The integers above 1 in it.
  fileprivate var factors: [Int] {
    switch self {
    case .integer(let value): [max(1, value.magnitude > 1 << 52 ? 1 << 53 : Int(value.magnitude))]
    case .array(let elements): elements.flatMap(\.factors)
    default: []
    }
  }
}
