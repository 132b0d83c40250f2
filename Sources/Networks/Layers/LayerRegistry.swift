import Tensors

/// Every layer that can be named in a Keras file or a configuration.
public enum LayerRegistry {
  static let layers: [any Layer.Type] = [
    Input.self,
  ]

  /// Keras class names, sorted.
  public static var names: [String] { layers.map { $0.kerasName }.sorted() }

  /// The layer that a Keras `config` describes. A key that the layer does not know is an error: it could change the results.
  public static func layer(_ className: String, _ values: [String: JSONValue]) throws(ImportError) -> any Layer {
    let configuration = LayerConfiguration(className: className, values: values)
    guard let type = layers.first(where: { $0.kerasName == className }) else {
      throw ImportError("layer '\(configuration.layerName)': the class '\(className)' is not known; did you mean '\(names.nearest(to: className))'? Known are \(names.joined(separator: ", ")).")
    }
    if configuration.values["trainable"] == false {
      throw ImportError("layer '\(configuration.layerName)' is frozen (trainable: false), which is not supported yet; save the model with every layer trainable.")
    }
    let layer = try type.init(keras: configuration)
    if let key = configuration.unreadKeys.first {
      let known = configuration.readKeys.sorted()
      throw ImportError("layer '\(configuration.layerName)' (\(className)): '\(key)' is not supported; did you mean '\(known.nearest(to: key))'? Known are \(known.joined(separator: ", ")).")
    }
    return layer
  }
}
