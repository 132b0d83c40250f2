public import HDF5
public import Networks
import Tensors

extension KerasModel {
  /// Keras 2's meaning of everything, in a form that Keras 3 reads as well; but some names mean something else in
  /// Keras 3, and only the version of the file says what is meant.
  private static func writtenVersion(_ graph: Graph, _ dialect: KerasDialect) -> String? {
    let names = graph.namesByKerasVersion
    return switch (names[2] != nil, names[3] != nil || dialect == .keras3) {
    case (true, true): nil
    case (false, true): "3.0.0"
    default: "2.15.0"
    }
  }

  /// Writes a whole model that `keras.models.load_model` of Keras 2 and Keras 3 reads, into a new file; other groups
  /// may be added to it, which Keras ignores.
  ///
  /// - Parameters:
  ///   - weights: made for this graph.
  ///   - compiled: what the model is compiled with; nil leaves that to who loads it.
  ///   - optimizer: the state of its optimizer, for Keras 2: Keras 3 cannot train on from an HDF5 file with one.
  public static func write(
    _ graph: Graph, _ weights: Weights, compiled: CompileConfiguration? = nil, optimizer: OptimizerState? = nil,
    to file: File
  ) throws(KerasError) {
    // Only Keras 2 goes on from the state of an optimizer in HDF5, and it reads its own style alone.
    let dialect = optimizer == nil || graph.hasOperations ? graph.kerasDialect : .keras2
    let writtenVersion = try requireWritable(graph, file.path, dialect)
    try KerasError.catching { () throws(HDF5Error) in
      try file.root.attributes.set("keras_version", writtenVersion)
      try file.root.attributes.set("backend", "tensorflow")
      try file.root.attributes.set("model_config", graph.kerasModel(dialect).text)
      if let compiled, let value = compiled.value(for: optimizer == nil ? .wholeModel : .keras2) {
        try file.root.attributes.set("training_config", value.text)
        if let object = compiled.optimizer, let optimizer {
          try optimizer.write(object, graph, weights.table, toModel: file.root)
        }
      }
      if let names = OriginalNames.text(of: graph) { try file.root.attributes.set(OriginalNames.key, names) }
      try writeLayers(graph, weights, version: writtenVersion, to: file.root.createGroup(VariablePlaces.group))
    }
  }

  /// Refuses what `write` would refuse, long before there is anything to be lost; gives the version of Keras that the
  /// file will name.
  @discardableResult
  public static func requireWritable(
    _ graph: Graph, _ path: String, _ dialect: KerasDialect? = nil
  ) throws(KerasError) -> String {
    let dialect = dialect ?? graph.kerasDialect
    // Keras 3 has no names with "/", which Keras 2 has in some of its own networks.
    try requireReadable(graph, path, allowingSlashes: dialect == .keras2)
    guard let version = writtenVersion(graph, dialect) else {
      throw KerasError(
        file: path,
        "the model has the \(graph.namesByKerasVersion[2, default: []].brief) of Keras 2 beside what only Keras 3 has "
          + "(a thing of the same name, operations between layers), which one file cannot hold; build it with Keras 3.")
    }
    return version
  }

  /// Writes the weights alone, by layer, as `model.save_weights("NAME.h5")` of Keras 2 does.
  public static func writeLayers(_ graph: Graph, _ weights: Weights, to file: File) throws(KerasError) {
    // Keras 3 has no names with "/", which Keras 2 has in some of its own networks.
    try requireReadable(graph, file.path, allowingSlashes: graph.kerasDialect == .keras2)
    let version = writtenVersion(graph, graph.kerasDialect) ?? "2.15.0"
    try KerasError.catching { () throws(HDF5Error) in
      try writeLayers(graph, weights, version: version, to: file.root)
    }
  }

  /// Refuses what Keras could not read.
  ///
  /// - Parameter groupsByName: whether the groups of an HDF5 file have the names of layers.
  static func requireReadable(
    _ graph: Graph, _ path: String, allowingSlashes: Bool = false, groupsByName: Bool = true
  ) throws(KerasError) {
    let outlines = ModelOutline.all(of: graph)
    let names = outlines.flatMap { [$0.name] + $0.entries.map(\.name) }
    if !allowingSlashes, let name = names.first(where: { $0.utf8.contains(UInt8(ascii: "/")) }) {
      throw KerasError(
        file: path, "Keras 3 could not read a model or layer of the name '\(name)', which contains '/'; rename it.")
    }
    // Keras does not write such a file either.
    if groupsByName, names.contains("") {
      throw KerasError(
        file: path,
        "a model or layer has the empty name '', under which HDF5 has no group for its weights; rename it, or export "
          + "the model as .keras.")
    }
    if let unreached = outlines.flatMap(\.unreached).first {
      throw KerasError(
        file: path, "layer '\(unreached)' leads to no output, so that Keras would leave it out; remove it.")
    }
  }

  private static func writeLayers(
    _ graph: Graph, _ weights: Weights, version: String, to group: Group
  ) throws(HDF5Error) {
    try group.attributes.set("keras_version", version)
    try group.attributes.set("backend", "tensorflow")
    let places = VariablePlaces(graph, weights.table)
    try group.attributes.setNames("layer_names", places.layers.map(\.group))
    for layer in places.layers {
      let group = try group.createGroup(layer.group)
      try group.attributes.setNames("weight_names", layer.variables.map(places.listedName))
      for entry in layer.variables {
        try weights[entry].withSpan { (values) throws(HDF5Error) in
          _ = try group.write(places.listedName(of: entry), values, shape: entry.parameter.shape)
        }
      }
    }
  }
}
