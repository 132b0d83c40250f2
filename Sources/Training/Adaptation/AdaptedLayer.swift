import Networks

/// The state that a layer got from the training data before the first step (Keras's `adapt`).
package struct AdaptedLayer: Hashable, Sendable, Codable {
  /// The path of the layer.
  let layer: String
  let className: String
  /// Keras's configuration, with vocabulary and boundaries.
  let configuration: [String: JSONValue]
  /// First values of its variables, in Keras's order; empty where it has none.
  let values: [[Float]]
  /// What was found, for a person.
  let notice: String
}

extension Graph {
  /// The same graph with such states.
  func taking(_ adapted: [AdaptedLayer]) throws(TrainingError) -> Graph {
    guard !adapted.isEmpty else { return self }
    var layers: [String: any Layer] = [:]
    do {
      for state in adapted where index(ofFirstCall: state.layer) != nil {
        layers[state.layer] = try LayerRegistry.layer(state.className, state.configuration)
      }
      return try replacing(layers)
    } catch {
      throw TrainingError(.configuration, "\(error)")
    }
  }

  /// Refuses to run layers that were never adapted.
  ///
  /// - Parameter file: where the graph is from.
  package func requireAdapted(_ file: String) throws(TrainingError) {
    guard let index = layersToAdapt().first else { return }
    let node = nodes[index]
    throw TrainingError(
      .data,
      "\(file): the layer '\(node.owner)' (\(node.layer.kerasName)) has no vocabulary or boundaries, which Keras does "
        + "not keep in HDF5 where 'adapt' has found them; train it here, which adapts it, or save the model as .keras.")
  }
}
