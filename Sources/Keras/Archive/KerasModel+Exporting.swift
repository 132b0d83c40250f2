import Archives
import Foundation
import HDF5
public import Networks
import Tensors

/// A format that `KerasModel.export` writes.
public enum ExportFormat: String, CaseIterable, Sendable {
  /// `.keras`, for Keras 3.
  case keras
  /// `.weights.h5`, for Keras 3 and Keras 2 since 2.12.
  case weights
  /// A whole model in HDF5, for Keras 2 and 3.
  case h5
  /// Weights by layer in HDF5, for every Keras.
  case layerWeights = "h5-weights"
  /// Names and layouts of PyTorch where the weights came with them, else those of Keras, without the architecture.
  case safetensors

  /// Whether it has a place for what a model was compiled with.
  public var holdsCompilation: Bool { self == .keras || self == .h5 }

  /// The format that a file name asks for.
  public init?(suffixOf path: String) {
    let name = path.lowercased()
    let formats: KeyValuePairs<String, ExportFormat> = [
      ".weights.h5": .weights, ".keras": .keras, ".safetensors": .safetensors, ".h5": .h5, ".hdf5": .h5,
    ]
    guard let format = formats.first(where: { name.hasSuffix($0.key) }) else { return nil }
    self = format.value
  }
}

extension KerasModel {
  /// Writes a model or its weights, whole or not at all.
  ///
  /// - Parameters:
  ///   - weights: made for this graph.
  ///   - compiled: what the model is compiled with, in a whole model; nil leaves that to who loads it.
  ///   - optimizer: the state of its optimizer: in `.keras` for Keras 3, in `.h5` for Keras 2.
  ///   - notes: what `KerasWeights.notes` is to give back; programs other than Convoy pass it over.
  public static func export(
    _ graph: Graph, _ weights: Weights, as format: ExportFormat, compiled: CompileConfiguration? = nil,
    optimizer: OptimizerState? = nil, notes: String? = nil, to path: String
  ) throws(KerasError) {
    func replace(_ body: (File) throws -> Void) throws {
      try File.replace(path) { (file: File) throws in
        try body(file)
        if let notes { try file.root.attributes.set(KerasWeights.notesKey, notes) }
      }
    }
    do {
      switch format {
      case .keras: try exportArchive(graph, weights, compiled, optimizer, notes, to: path)
      case .h5: try replace { try write(graph, weights, compiled: compiled, optimizer: optimizer, to: $0) }
      case .layerWeights: try replace { try writeLayers(graph, weights, to: $0) }
      case .weights:
        try requireReadable(graph, path, groupsByName: false)
        try replace { try ObjectWeights.write(graph, weights, to: $0.root) }
      case .safetensors:
        let originals = OriginalNames.tensors(of: graph, weights)
        let tensors =
          originals
          ?? weights.table.entries.map { entry in
            SafetensorsFile.NewTensor(entry.path, entry.parameter.shape) { weights[entry].values }
          }
        var metadata = ["format": originals == nil ? "keras" : "pt", "model": graph.name]
        metadata[KerasWeights.notesKey] = notes
        try SafetensorsFile.write(tensors, metadata: metadata, to: path)
      }
    } catch {
      throw KerasError(file: path, any: error)
    }
  }

  private static func exportArchive(
    _ graph: Graph, _ weights: Weights, _ compiled: CompileConfiguration?, _ optimizer: OptimizerState?,
    _ notes: String?, to path: String
  ) throws {
    try requireReadable(graph, path, groupsByName: false)
    if let names = graph.namesByKerasVersion[2] {
      throw KerasError(
        file: path,
        "the model has the \(names.brief) of Keras 2, which is something else in Keras 3; export it with --format h5.")
    }
    var configuration = graph.kerasModel(.keras3)
    if var members = configuration.asObject, let value = compiled?.value(for: .archive) {
      members["compile_config"] = value
      configuration = .object(members)
    }
    // The same model gives the same bytes: no time of writing.
    var members: [String: JSONValue] = ["keras_version": "3.0.0", "date_saved": "1980-01-01@00:00:00"]
    if let notes { members[KerasWeights.notesKey] = .string(notes) }
    if let names = OriginalNames.text(of: graph) { members[OriginalNames.key] = .string(names) }
    let metadata: JSONValue = .object(members)
    try KerasArchive.withTemporaryPath { temporary in
      let file = try File(creating: temporary, calling: path)
      try ObjectWeights.write(graph, weights, to: file.root)
      if let object = compiled?.optimizer, let optimizer {
        try optimizer.write(object, graph, weights.table, toArchive: file.root)
      }
      try file.close()
      try ZipWriter.replace(path) { writer in
        try writer.add("metadata.json", Array(metadata.text.utf8))
        try writer.add("config.json", Array(configuration.text.utf8))
        try writer.add("model.weights.h5", contentsOf: temporary)
      }
    }
  }
}
