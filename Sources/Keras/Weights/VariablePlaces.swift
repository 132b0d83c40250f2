public import Networks

/// Where the variables of a model are in a file by layer: the one answer for who writes, seals and reads checkpoints.
///
///     let places = VariablePlaces(graph, table)
///     places.path(of: entry)     // /model_weights/base/base/conv/kernel:0
///     places.name(of: entry)     // base/conv/kernel: for what else a file keeps of the variable
///
/// Places consist of the names of layers as HDF5 understands them. Where that would be nothing, too long, or where
/// something else is, they have a number; Keras finds them by the lists of names in the file.
public struct VariablePlaces: Sendable {
  /// A layer or nested model of the graph itself.
  struct Layer: Sendable {
    /// In the group of all layers, and in `layer_names`.
    let group: String
    /// In the order of the file.
    let variables: [ParameterTable.Entry]
  }

  /// Of all layers of a whole model.
  static let group = "model_weights"
  /// Where Keras 3 keeps variables that belong to no layer.
  static let modelsOwn = "top_level_model_weights"

  let layers: [Layer]
  /// By path of the layer.
  private let names: [String: String]
  private let groups: [String: String]

  /// - Parameter table: of this graph, whatever is frozen in it.
  public init(_ graph: Graph, _ table: ParameterTable) {
    let kerasLayers = graph.kerasLayers
    var (names, groups): ([String: String], [String: String]) = ([:], [:])
    var namespace = PathNamespace()
    let own = VariablePlaces.name(kerasLayers, under: "", table, &namespace, &names)
    var file = PathNamespace(without: [VariablePlaces.modelsOwn])
    layers = zip(kerasLayers, own).map { layer, name in
      let variables = layer.legacyOrder(in: table)
      let group = file.claim(name) { group in
        variables.map { "\(group)/\(VariablePlaces.listed($0, names))" }
      }
      for variable in variables { groups[variable.layer] = group }
      return Layer(group: group, variables: variables)
    }
    (self.names, self.groups) = (names, groups)
  }

  /// Names the layers of a model, and what is in them.
  private static func name(
    _ layers: [KerasLayer], under prefix: String, _ table: ParameterTable, _ namespace: inout PathNamespace,
    _ names: inout [String: String]
  ) -> [String] {
    layers.map { layer in
      let variables = layer.isModel ? [] : table.entries(ofLayer: layer.path)
      // Neither as it is named nor as it is listed may a variable be where something else is.
      let name = namespace.claim(layer.name, under: prefix) { name in
        variables.flatMap { ["\(name)/\($0.parameter.name)", "\(name)/\($0.parameter.name):0"] }
      }
      if layer.isModel {
        _ = self.name(layer.layers, under: name + "/", table, &namespace, &names)
      } else {
        names[layer.path] = name
      }
      return name
    }
  }

  private static func listed(_ entry: ParameterTable.Entry, _ names: [String: String]) -> String {
    "\(names[entry.layer]!)/\(entry.parameter.name):0"
  }

  /// What a variable is called wherever a file keeps something of it.
  public func name(of entry: ParameterTable.Entry) -> String { "\(names[entry.layer]!)/\(entry.parameter.name)" }

  /// In `weight_names` of its layer's group.
  func listedName(of entry: ParameterTable.Entry) -> String { VariablePlaces.listed(entry, names) }

  /// From the root of the file of a whole model.
  public func path(of entry: ParameterTable.Entry) -> String {
    "/\(VariablePlaces.group)/\(groups[entry.layer]!)/\(listedName(of: entry))"
  }
}
