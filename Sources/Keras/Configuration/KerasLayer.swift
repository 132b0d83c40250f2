public import Networks

/// A layer or nested model of a graph as Keras counts them in its files.
///
///     for layer in graph.kerasLayers {
///       layer.name                       // the group of a legacy HDF5 file
///       layer.legacyOrder(in: table)     // its `weight_names`
///       layer.layers                     // of a nested model, in the order of its `.weights.h5` group
///     }
public struct KerasLayer: Sendable {
  /// Among the layers of its model.
  public let name: String
  /// Keras's class; `Functional` or `Sequential` for a nested model.
  public let className: String
  /// The class as the file has it that the graph was read from.
  let writtenClassName: String
  /// Where the parameters of a layer are: `ParameterTable.entries(ofLayer:)`. For a nested model, what their paths
  /// begin with.
  public let path: String
  public let isModel: Bool
  /// Of a nested model, in the order of its `model.layers`; a Sequential's InputLayer is not among them.
  public let layers: [KerasLayer]

  /// The layer itself, or the layers in a nested model, from the outside in.
  public var leaves: [KerasLayer] { isModel ? layers.flatMap(\.leaves) : [self] }

  /// The parameters of a leaf in the order of a `.weights.h5` group, `vars/0`, `vars/1`, ...: freezing does not change
  /// it.
  public func variables(in table: ParameterTable) -> [ParameterTable.Entry] {
    let entries = table.entries(ofLayer: path)
    return entries.filter { !$0.parameter.isState } + entries.filter { $0.parameter.isState }
  }

  /// All parameters in the order of a legacy HDF5 file: what is trainable of all layers first, then what is not, frozen
  /// parameters among the latter.
  public func legacyOrder(in table: ParameterTable) -> [ParameterTable.Entry] {
    let all = leaves.flatMap { table.entries(ofLayer: $0.path) }
    return all.filter { $0.parameter.kind == .trainable } + all.filter { $0.parameter.kind != .trainable }
  }
}

extension Graph {
  /// The layers and nested models of the graph itself, in the order of Keras's `model.layers`. A Sequential's
  /// InputLayer is not among them.
  public var kerasLayers: [KerasLayer] {
    let outlines = ModelOutline.all(of: self)
    return layers(of: outlines[outlines.count - 1], outlines)
  }

  private func layers(of outline: ModelOutline, _ outlines: [ModelOutline]) -> [KerasLayer] {
    outline.kerasOrder.compactMap { position in
      let entry = outline.entries[position]
      switch entry.content {
      case .layer(let index):
        let node = nodes[index]
        // An operation is no layer.
        if outline.isSequential && node.layer is Input || node.layer is Operation { return nil }
        return KerasLayer(
          name: entry.name, className: node.layer.kerasName,
          writtenClassName: writtenClassNames[node.owner] ?? node.layer.kerasName, path: node.owner, isModel: false,
          layers: [])
      case .model(let index):
        let inner = outlines[index]
        let className = inner.isSequential ? "Sequential" : "Functional"
        return KerasLayer(
          name: entry.name, className: className, writtenClassName: className, path: submodels[index].path,
          isModel: true,
          layers: layers(of: inner, outlines))
      }
    }
  }
}
