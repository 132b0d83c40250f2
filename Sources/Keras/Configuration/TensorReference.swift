import Networks

/// The tensor that a node of a functional model reads: `[layer, node, tensor]` in Keras 2, `keras_history` in Keras 3.
struct TensorReference: Hashable {
  let layer: String
  /// Which call of the layer; of nested models counted from 0 or from 1, depending on the version of Keras.
  let node: Int
  /// Which output of that call, from 0.
  let tensor: Int

  /// The output of a layer that is called once.
  init(layer: String) { (self.layer, node, tensor) = (layer, 0, 0) }

  /// Reads `["conv2d", 0, 0]`, with or without a fourth element; nil for anything else.
  init?(_ value: JSONValue) {
    guard let list = value.asArray, list.count == 3 || list.count == 4, let layer = list[0].asString,
      let node = list[1].asInteger, let tensor = list[2].asInteger
    else { return nil }
    (self.layer, self.node, self.tensor) = (layer, node, tensor)
  }

  /// The references in `input_layers` or `output_layers`: a list of them, a bare one, or an object of them, whose keys
  /// Keras sorts.
  static func list(_ key: String, in values: [String: JSONValue]) throws(ImportError) -> [TensorReference] {
    let value = values[key] ?? .null
    if let one = TensorReference(value) { return [one] }
    let items = value.asArray ?? value.asObject.map { members in members.keys.sorted().map { members[$0]! } } ?? []
    let references = items.compactMap { TensorReference($0) }
    guard !references.isEmpty, references.count == items.count else {
      throw ImportError(
        "the model's \(key) = \(value.brief) cannot be understood; save the model again with Keras 2 or 3.")
    }
    return references
  }
}
