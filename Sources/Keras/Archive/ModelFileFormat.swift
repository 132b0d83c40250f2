import Archives
import FileKinds
import Foundation
import HDF5

/// The kind of file that holds a model or its weights; the content decides, not the suffix.
public enum ModelFileFormat: String, Sendable, CaseIterable, Encodable {
  /// `model.save("NAME.h5")` of Keras 1, 2 and 3; checkpoints of Convoy.
  case wholeModel = "Keras HDF5 model"
  /// `model.save_weights("NAME.h5")` of Keras 1 and 2: lists of layers and of their weights.
  case layerWeights = "Keras HDF5 weights by layer"
  /// `model.save_weights("NAME.weights.h5")` since Keras 2.12: `layers/dense_1/vars/0`.
  case objectWeights = "Keras HDF5 weights by path"
  /// The same in several files, and their index: `model.save_weights("NAME.weights.json")` of Keras 3.
  case shardedWeights = "Keras HDF5 weights by path in several files"
  /// `model.save("NAME.keras")`: a zip archive.
  case archive = "Keras archive"
  /// The same, unpacked.
  case folder = "Keras folder"
  /// `model.to_json()` of any Keras: an architecture without weights.
  case architecture = "Keras architecture"
  /// Weights of PyTorch, or of `convoy export --format safetensors`.
  case safetensors = "safetensors"

  /// Whether the file says what the model looks like.
  public var hasArchitecture: Bool { [.wholeModel, .archive, .folder, .architecture].contains(self) }

  /// Looks at the first bytes, and into HDF5 files.
  public init(of path: String) throws(KerasError) {
    if ["config.json", "model.weights.h5"].allSatisfy({ FileManager.default.fileExists(atPath: "\(path)/\($0)") }) {
      self = .folder
      return
    }
    let kind = FileKind(at: path)
    // HDF5 and zip archives too, but no files of Keras.
    if let kind, [.matlab73, .pyTorch, .numpyArchive].contains(kind) { throw KerasError(file: path, foreign: kind) }
    let start = [UInt8]((try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 9)) ?? Data())
    if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      self = .archive
    } else if File.isHDF5(path) {
      self = try ModelFileFormat(
        of: try KerasError.catching { () throws(HDF5Error) in
          try File(reading: path, followingSoftLinks: false)
        })
    } else if start.count == 9, start[8] == UInt8(ascii: "{"), start[4..<8].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if start.first == UInt8(ascii: "{") || start.starts(with: "\"{".utf8) {
      self = try ArchitectureFile.isArchitecture(path) ? .architecture : .shardedWeights
    } else if let kind {
      throw KerasError(file: path, foreign: kind)
    } else {
      // The library knows best what is wrong with it, if it is HDF5.
      let isNamedSo = [".h5", ".hdf5"].contains(where: path.lowercased().hasSuffix)
      if isNamedSo || start.isEmpty {
        _ = try KerasError.catching { () throws(HDF5Error) in try File(reading: path) }
      }
      throw KerasError(
        file: path,
        "this is neither a file of Keras (.keras, .h5) nor a safetensors file, or it is damaged; give another.")
    }
  }

  init(of file: File) throws(KerasError) {
    self = try KerasError.catching { () throws(HDF5Error) in
      let attributes = file.root.attributes
      if try attributes.contains("model_config") { return .wholeModel }
      if try attributes.contains("layer_names") { return .layerWeights }
      if try attributes.contains("layer_names0") { return .layerWeights }
      // What is left of a whole model without its architecture.
      return try file.root.kind(of: "model_weights") == .group ? .layerWeights : .objectWeights
    }
  }
}
