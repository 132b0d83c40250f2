/// A layer that the planner puts between others to arrange memory: no file knows it, and it has no number among the
/// layers, by which random numbers are told apart.
protocol Arranging: Layer {}

extension Arranging {
  init(keras configuration: LayerConfiguration) throws(ImportError) {
    throw ImportError("'\(Self.kerasName)' is made by the planner and cannot be part of a file; remove the layer.")
  }

  func kerasConfiguration() -> [String: JSONValue] { preconditionFailure("\(Self.kerasName) is never written") }
}
