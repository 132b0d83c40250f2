import HDF5
import Networks
import Tensors

extension ObjectWeights {
  /// Writes the weights of a model by path.
  static func write(_ graph: Graph, _ weights: Weights, to group: Group) throws(HDF5Error) {
    try write(graph.name, [], weights, to: group)
    try write(graph.kerasLayers, weights, to: group)
  }

  private static func write(_ layers: [KerasLayer], _ weights: Weights, to group: Group) throws(HDF5Error) {
    let members = try group.createGroup("layers")
    for (layer, name) in zip(layers, layers.groupNames) {
      let member = try members.createGroup(name)
      if layer.isModel {
        try write(layer.name, [], weights, to: member)
        try write(layer.layers, weights, to: member)
        continue
      }
      let variables = layer.variables(in: weights.table)
      guard layer.className == "SpectralNormalization" else {
        try write(layer.name, variables, weights, to: member)
        continue
      }
      // The kernel of the layer inside is a variable of both.
      try write(layer.name, [variables[0], variables[variables.count - 1]], weights, to: member)
      try write(layer.name, Array(variables.dropLast()), weights, to: try member.createGroup("layer"))
    }
  }

  /// The group `vars` of a layer or a model.
  private static func write(
    _ name: String, _ variables: [ParameterTable.Entry], _ weights: Weights, to group: Group
  ) throws(HDF5Error) {
    let own = try group.createGroup("vars")
    try own.attributes.set("name", name)
    for (index, entry) in variables.enumerated() {
      try weights[entry].withSpan { (values) throws(HDF5Error) in
        _ = try own.write(String(index), values, shape: entry.parameter.shape)
      }
    }
  }
}
