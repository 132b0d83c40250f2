import HDF5
public import Networks
import Tensors

extension KerasWeights {
  /// Copies all weights, converted to 32-bit floats. Nothing is copied if anything is missing, left over or of another
  /// shape.
  ///
  /// Layers are matched by name where the model knows every name in the file, else by their position among the layers
  /// that have weights. Inside a nested model the order of the file decides.
  ///
  /// - Parameter weights: made for the graph.
  public func load(into weights: Weights, of graph: Graph) throws(KerasError) {
    var sources: [(entry: ParameterTable.Entry, dataset: Dataset)] = []
    for (layer, entries) in try matched(graph, weights.table) {
      guard entries.count == layer.weightNames.count else {
        let wanted = entries.map { "\($0.parameter.name) \($0.parameter.shape)" }.joined(separator: ", ")
        throw error(
          "layer '\(layer.name)' has \(layer.weightNames.count) weights (\(layer.weightNames.brief)), but the "
            + "model's '\(entries[0].layer)' has \(entries.count) (\(wanted)); use the file that belongs "
            + "to this model.")
      }
      for (name, entry) in zip(layer.weightNames, entries) {
        sources.append((entry, try dataset(name, of: layer, for: entry)))
      }
    }
    for (entry, dataset) in sources {
      weights[entry].replace(with: try KerasError.catching { () throws(HDF5Error) in try dataset.read(Float.self) })
    }
  }

  /// Pairs the layers of the file with those of the model that have parameters.
  private func matched(_ graph: Graph, _ table: ParameterTable) throws(KerasError) -> [(Layer, [ParameterTable.Entry])] {
    let wanted = graph.kerasLayers.map { (name: $0.name, entries: $0.legacyOrder(in: table)) }.filter { !$0.entries.isEmpty }
    let byName = Dictionary(wanted.map { ($0.name, $0.entries) }) { first, _ in first }
    if let unknown = layers.first(where: { byName[$0.name] == nil }) {
      guard layers.count == wanted.count else {
        throw error(
          "layer '\(unknown.name)' is not in the model, whose layers with weights are \(wanted.map(\.name).brief); "
            + "nor do positions match, with \(layers.count) such layers in the file and \(wanted.count) in the model: "
            + "use the file that belongs to this model.")
      }
      return zip(layers, wanted).map { ($0, $1.entries) }
    }
    let present = Set(layers.map(\.name))
    guard present.count == layers.count else {
      throw error(
        "'layer_names' lists a layer twice (\(layers.map(\.name).brief)); the file is damaged: copy it again.")
    }
    let missing = wanted.map(\.name).filter { !present.contains($0) }
    guard missing.isEmpty else {
      throw error("the weights of \(missing.brief) are missing; use the file that belongs to this model.")
    }
    return layers.map { ($0, byName[$0.name]!) }
  }

  private func dataset(_ name: String, of layer: Layer, for entry: ParameterTable.Entry) throws(KerasError) -> Dataset {
    let dataset = try KerasError.catching { () throws(HDF5Error) in try layer.group.dataset(name) }
    guard dataset.shape == entry.parameter.shape else {
      throw error(
        "'\(dataset.path)' has the shape \(dataset.shape), but the model's '\(entry.path)' has "
          + "\(entry.parameter.shape); use the file that belongs to this model.")
    }
    guard [.float16, .float32, .float64].contains(dataset.elementType) else {
      throw error(
        "'\(dataset.path)' holds elements of type \(dataset.elementType), not floats, as '\(entry.path)' needs; "
          + "save the model with 32-bit floats.")
    }
    return dataset
  }

  private func error(_ problem: String) -> KerasError { KerasError(file: file, problem) }
}
