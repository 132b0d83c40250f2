/// A layer that the planner puts between others to arrange memory: no file knows it, and it has no number among the
/// layers, by which random numbers are told apart.
protocol Arranging: Layer {}

extension Graph {
  /// The number of each layer. What the planner puts in front of a layer has the layer's.
  var layerIndices: [(name: String, index: Int)] {
    var next = 0
    return nodes.map { node in
      defer { if !(node.layer is any Arranging) { next += 1 } }
      return (node.name, next)
    }
  }
}

extension Arranging {
  init(keras configuration: LayerConfiguration) throws(ImportError) {
    throw ImportError("'\(Self.kerasName)' is made by the planner and cannot be part of a file; remove the layer.")
  }

  func kerasConfiguration() -> [String: JSONValue] { preconditionFailure("\(Self.kerasName) is never written") }
}
