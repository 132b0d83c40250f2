import HDF5
import Networks
import Tensors

extension ObjectWeights {
  /// Writes the weights of a model by path.
  static func write(_ graph: Graph, _ weights: Weights, to group: Group) throws(HDF5Error) {
    try write(graph.name, [], weights, to: group)
    try write(graph.kerasLayers, of: graph, weights, to: group)
  }

  private static func write(
    _ layers: [KerasLayer], of graph: Graph, _ weights: Weights, to group: Group
  ) throws(HDF5Error) {
    let members = try group.createGroup("layers")
    for (layer, name) in zip(layers, layers.groupNames) {
      let member = try members.createGroup(name)
      if layer.isModel {
        try write(layer.name, [], weights, to: member)
        try write(layer.layers, of: graph, weights, to: member)
        continue
      }
      if let index = graph.index(ofFirstCall: layer.path),
        let numbers = (graph.nodes[index].layer as? any VocabularyLayer)?.frequencyWeights
      {
        try write(numbers, of: layer, to: member)
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

  /// Weights of a vocabulary, which Keras wants in the file even where the configuration has them.
  private static func write(_ numbers: [Float], of layer: KerasLayer, to group: Group) throws(HDF5Error) {
    let inner = layer.className == "TextVectorization" ? [try group.createGroup("_lookup_layer")] : []
    for group in [group] + inner {
      let own = try group.createGroup("vars")
      try own.attributes.set("name", layer.name)
      _ = try own.write(frequenciesName, numbers.span, shape: [numbers.count])
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
