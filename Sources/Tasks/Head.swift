import Networks
import Tensors

/// Layers by Keras's names, for heads.
enum Head {
  static func layer(_ className: String, _ name: String, _ arguments: [String: JSONValue] = [:]) -> (
    layer: any Layer, name: String
  ) {
    do { return (try LayerRegistry.layer(className, arguments), name) } catch {
      preconditionFailure("\(className): \(error)")
    }
  }

  /// The mean over space, where there is space.
  static func pooling(_ features: Shape, _ prefix: String = "head") -> HeadLayers {
    switch features.rank {
    case 2...4: [layer("GlobalAveragePooling\(features.rank - 1)D", "\(prefix)_pooling")]
    default: []
    }
  }

  static func dense(_ units: Int, _ name: String, _ activation: String = "linear") -> (layer: any Layer, name: String) {
    layer("Dense", name, ["units": .integer(units), "activation": .string(activation)])
  }
}
