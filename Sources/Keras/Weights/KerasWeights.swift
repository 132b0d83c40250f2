import Archives
public import HDF5
public import Networks

/// The weights in a file of any supported format, of a whole model or without one.
public struct KerasWeights: Sendable {
  private enum Contents: Sendable {
    case layers(LegacyWeights)
    case objects(ObjectWeights)
    case tensors(SafetensorsFile)
  }

  public let file: String
  public let format: ModelFileFormat
  /// What `KerasModel.export` was given to keep beside the model; nil where there is nothing.
  public let notes: String?
  private let contents: Contents

  /// An attribute of HDF5 files, a key in the metadata of the others.
  static let notesKey = "convoy"

  public init(reading path: String) throws(KerasError) {
    let format = try ModelFileFormat(of: path)
    switch format {
    case .safetensors:
      let file: SafetensorsFile
      do { file = try SafetensorsFile(reading: path) } catch { throw KerasError(error) }
      self.init(path, format, .tensors(file), notes: file.metadata[KerasWeights.notesKey])
    case .archive, .folder: try self.init(KerasArchive.read(path, isFolder: format == .folder), of: path, format)
    case .shardedWeights: self.init(path, format, .objects(try ObjectWeights(ShardedFiles(index: path))), notes: nil)
    case .architecture: throw KerasError.noWeights(path)
    case .wholeModel, .layerWeights, .objectWeights: try self.init(File(keras: path))
    }
  }

  /// - Parameter file: an open file of Keras, which may hold other groups.
  public init(_ file: File) throws(KerasError) {
    let format = try ModelFileFormat(of: file)
    let notes = try KerasError.catching { () throws(HDF5Error) in
      let attributes = file.root.attributes
      return try attributes.contains(KerasWeights.notesKey) ? attributes.string(KerasWeights.notesKey) : nil as String?
    }
    self.init(
      file.path, format,
      format == .objectWeights ? .objects(try ObjectWeights(file)) : .layers(try LegacyWeights(file)), notes: notes)
  }

  init(_ archive: KerasArchive.Contents, of path: String, _ format: ModelFileFormat) throws(KerasError) {
    let metadata = try KerasError.catching(file: path) { () throws(ImportError) in
      try archive.metadata.map { (text) throws(ImportError) in try JSONValue(parsing: text, called: "metadata.json") }
    }
    self.init(
      path, format, .objects(try ObjectWeights(archive.weights)), notes: metadata?[KerasWeights.notesKey].asString)
  }

  private init(_ file: String, _ format: ModelFileFormat, _ contents: Contents, notes: String?) {
    (self.file, self.format, self.contents, self.notes) = (file, format, contents, notes)
  }

  /// Weights of vocabularies, by the paths of their layers; only files of weights by path hold such.
  var frequencies: [String: StoredTensor] {
    if case .objects(let weights) = contents { weights.frequencies } else { [:] }
  }

  /// All arrays of the model, in the order of the file.
  public var tensors: [StoredTensor] {
    switch contents {
    case .layers(let weights): weights.layers.flatMap(\.tensors)
    case .objects(let weights): weights.root.tensors
    case .tensors(let file): file.tensors.map { StoredTensor(file, $0) }
    }
  }

  /// Finds out which array is which variable.
  ///
  public func mapping(onto graph: Graph) -> WeightMapping {
    var mapping = WeightMapping(file: file)
    let table = ParameterTable(graph)
    switch contents {
    case .layers(let weights): weights.map(onto: graph.kerasLayers, table, &mapping)
    case .objects(let weights): weights.map(onto: graph.kerasLayers, table, &mapping)
    case .tensors: map(tensors, onto: graph, &mapping)
    }
    mapping.addMissing(among: table.entries)
    return mapping
  }

  /// Weights under our own names go by these, others by the order of PyTorch's modules.
  private func map(_ tensors: [StoredTensor], onto graph: Graph, _ mapping: inout WeightMapping) {
    let entries = Dictionary(ParameterTable(graph).entries.map { ($0.path, $0) }) { first, _ in first }
    guard tensors.contains(where: { entries[$0.name] != nil }) else {
      return TorchMapping(tensors, graph).map(&mapping)
    }
    for tensor in tensors { if let entry = entries[tensor.name] { mapping.add(tensor, entry, .path) } }
    mapping.addUnused(among: tensors)
  }

  /// Copies all weights, converted to 32-bit floats. Nothing is copied if anything is missing, left over or of another
  /// shape.
  ///
  /// - Parameter weights: made for the graph.
  public func load(into weights: Weights, of graph: Graph) throws(KerasError) {
    let mapping = mapping(onto: graph)
    try mapping.requireComplete()
    try mapping.load(into: weights)
  }
}

extension File {
  /// Opens an HDF5 file of Keras, which has no links but those that groups are made of.
  convenience init(keras path: String) throws(KerasError) {
    do { try self.init(reading: path, followingSoftLinks: false) } catch { throw KerasError(error) }
  }
}
