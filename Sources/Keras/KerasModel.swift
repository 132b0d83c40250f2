public import HDF5
public import Networks

/// A model in a Keras whole-model HDF5 file (`model.save("NAME.h5")`), written by Keras 2 or 3, or by `write`.
///
///     let model = try KerasModel(reading: "resnet.h5")
///     let weights = Weights(ParameterTable(model.graph))
///     try model.load(into: weights)
public struct KerasModel: Sendable {
  public let graph: Graph
  private let weights: KerasWeights

  /// Reads the architecture; the weights stay in the file until `load`.
  public init(reading path: String) throws(KerasError) { try self.init(File(keras: path)) }

  /// Reads the architecture from an open file, which may hold other groups.
  public init(_ file: File) throws(KerasError) {
    let (text, version) = try KerasError.catching { () throws(HDF5Error) -> (String?, String?) in
      let attributes = file.root.attributes
      return (
        try attributes.contains("model_config") ? attributes.string("model_config") : nil,
        try attributes.contains("keras_version") ? attributes.string("keras_version") : nil
      )
    }
    guard let text else {
      throw KerasError(
        file: file.path,
        "there is no model in this file (no attribute 'model_config'); save it whole with model.save('NAME.h5'), "
          + "not its weights alone.")
    }
    // Keras 1 did not write its version at first.
    let kerasVersion = version.map { Int($0.prefix { $0 != "." }) ?? 3 } ?? 1
    graph = try KerasError.catching(file: file.path) { () throws(ImportError) in
      try Graph(kerasModel: JSONValue(parsing: text, called: "model_config"), kerasVersion: kerasVersion)
    }
    weights = try KerasWeights(file)
  }

  /// Copies all weights from the file, converted to 32-bit floats. Nothing is copied if anything is missing, left over
  /// or of another shape.
  public func load(into weights: Weights) throws(KerasError) { try self.weights.load(into: weights, of: graph) }
}
