public import HDF5
public import Networks

/// A model in a file of Keras 2 or 3, of any format that holds its architecture, or in a checkpoint.
///
///     let model = try KerasModel(reading: "resnet.keras")
///     let weights = Weights(ParameterTable(model.graph))
///     try model.load(into: weights)
public struct KerasModel: Sendable {
  public let graph: Graph
  public let weights: KerasWeights

  /// The architecture in a file of any format that holds one, with weights or without.
  public static func architecture(
    reading path: String, openSizes: OpenSizes = .refused
  ) throws(KerasError) -> Graph {
    guard try ModelFileFormat(of: path) == .architecture else {
      return try KerasModel(reading: path, openSizes: openSizes).graph
    }
    let model = try ArchitectureFile.read(path)
    return try KerasError.catching(file: path) { () throws(ImportError) in
      // Keras 1 and 2 write their version beside the model, Keras 3 does not.
      let written = model["keras_version"].asString.flatMap { Int($0.prefix { $0 != "." }) }
      let isKeras3 = model["module"] != .null
      return try Graph(kerasModel: model, kerasVersion: written ?? (isKeras3 ? 3 : 2), openSizes: openSizes)
    }
  }

  /// Reads the architecture; the weights stay in the file until `load`.
  public init(reading path: String, openSizes: OpenSizes = .refused) throws(KerasError) {
    let format = try ModelFileFormat(of: path)
    guard format != .safetensors, format != .shardedWeights else { throw KerasModel.noArchitecture(path) }
    guard format != .architecture else { throw KerasError.noWeights(path) }
    guard format == .archive || format == .folder else {
      try self.init(File(keras: path), openSizes: openSizes)
      return
    }
    let archive = try KerasArchive.read(path, isFolder: format == .folder)
    let metadata = try KerasError.catching(file: path) { () throws(ImportError) in
      try archive.metadata.map { (text) throws(ImportError) in try JSONValue(parsing: text, called: "metadata.json") }
    }
    try self.init(
      configuration: archive.configuration, called: "config.json", version: metadata?["keras_version"].asString ?? "3",
      weights: KerasWeights(archive, of: path, format), names: metadata?[OriginalNames.key].asString,
      openSizes: openSizes, vocabularies: archive.vocabularies)
  }

  /// Reads the architecture from an open HDF5 file, which may hold other groups.
  public init(_ file: File, openSizes: OpenSizes = .refused) throws(KerasError) {
    let texts = try KerasError.catching { () throws(HDF5Error) -> [String?] in
      let attributes = file.root.attributes
      var texts: [String?] = []
      for name in ["model_config", "keras_version", OriginalNames.key] {
        texts.append(try attributes.contains(name) ? attributes.string(name) : nil)
      }
      return texts
    }
    let (text, version) = (texts[0], texts[1])
    guard let text else { throw KerasModel.noArchitecture(file.path) }
    try self.init(
      configuration: text, called: "model_config", version: version, weights: KerasWeights(file), names: texts[2],
      openSizes: openSizes)
  }

  private static func noArchitecture(_ path: String) -> KerasError {
    KerasError(
      file: path,
      "there is no model in this file (no model_config), only weights; say with --into which model they belong to, or "
        + "make a whole model of them with convoy import --into MODEL --output NAME.h5.")
  }

  /// - Parameters:
  ///   - version: of Keras; it did not write one at first.
  ///   - names: `OriginalNames`.
  ///   - vocabularies: those that are not in the configuration, by the paths of their files.
  private init(
    configuration: String, called name: String, version: String?, weights: KerasWeights, names: String?,
    openSizes: OpenSizes, vocabularies: [String: String] = [:]
  ) throws(KerasError) {
    let kerasVersion = version.map { Int($0.prefix { $0 != "." }) ?? 3 } ?? 1
    var graph = try KerasError.catching(file: weights.file) { () throws(ImportError) in
      try Graph(
        kerasModel: JSONValue(parsing: configuration, called: name), kerasVersion: kerasVersion, openSizes: openSizes)
    }
    graph = try KerasError.catching(file: weights.file) { () throws(ImportError) in
      try graph.taking(vocabularies, weights.frequencies)
    }
    try OriginalNames.read(names, into: &graph, file: weights.file)
    (self.graph, self.weights) = (graph, weights)
  }

  /// Copies all weights from the file, converted to 32-bit floats. Nothing is copied if anything is missing, left over
  /// or of another shape.
  public func load(into weights: Weights) throws(KerasError) { try self.weights.load(into: weights, of: graph) }
}
