import Archives
import FileKinds
import Foundation
import HDF5
import Networks
import TemporaryFiles

/// The content of a `.keras` file, packed or not: `config.json`, `metadata.json` and `model.weights.h5`.
enum KerasArchive {
  /// 64 MiB: NASNetLarge, the largest network of keras.applications, takes 1 MB.
  private static let mostTextBytes = 64 << 20

  private static let vocabularyFile = "vocabulary.txt"

  struct Contents {
    let configuration: String
    let metadata: String?
    let weights: File
    /// Texts of vocabularies by their paths: `assets/layers/string_lookup/vocabulary.txt`.
    var vocabularies: [String: String] = [:]
  }

  static func read(_ path: String, isFolder: Bool) throws(KerasError) -> Contents {
    isFolder ? try readFolder(path) : try readArchive(path)
  }

  private static func readFolder(_ path: String) throws(KerasError) -> Contents {
    func text(_ name: String) throws(KerasError) -> String {
      let url = URL(filePath: "\(path)/\(name)")
      let size = (try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
      guard size <= mostTextBytes, let text = try? String(contentsOf: url, encoding: .utf8) else {
        throw KerasError(file: path, "'\(name)' cannot be read as text of at most 64 MiB; save the model again.")
      }
      return text
    }
    let hasMetadata = FileManager.default.fileExists(atPath: "\(path)/metadata.json")
    let weights = try KerasError.catching { () throws(HDF5Error) in
      try File(reading: "\(path)/model.weights.h5", followingSoftLinks: false)
    }
    var contents = Contents(
      configuration: try text("config.json"), metadata: hasMetadata ? try text("metadata.json") : nil, weights: weights)
    for name in FileManager.default.enumerator(atPath: "\(path)/assets")?.compactMap({ $0 as? String }) ?? []
    where name.hasSuffix(vocabularyFile) { contents.vocabularies["assets/\(name)"] = try text("assets/\(name)") }
    return contents
  }

  private static func readArchive(_ path: String) throws(KerasError) -> Contents {
    do {
      let archive = try ZipArchive(reading: path)
      func text(_ name: String) throws -> String? {
        guard let entry = archive.entry(name) else { return nil }
        return String(decoding: try archive.read(entry, limit: mostTextBytes), as: UTF8.self)
      }
      guard let configuration = try text("config.json") else {
        let isPyTorchs = archive.entries.contains { $0.name.hasSuffix("/data.pkl") }
        throw KerasError(file: path, foreign: isPyTorchs ? .pyTorch : FileKind(at: path) ?? .zip)
      }
      guard let entry = archive.entry("model.weights.h5") else {
        let other = archive.entry("model.weights.npz") == nil ? "" : " ('model.weights.npz' is not supported)"
        throw KerasError(
          file: path, "the archive has no 'model.weights.h5'\(other); save the model again with Keras 3.")
      }
      let weights = try withTemporaryPath { temporary in
        try archive.extract(entry, to: temporary)
        return try File(reading: temporary, calling: "\(path)/model.weights.h5", followingSoftLinks: false)
      }
      var contents = Contents(configuration: configuration, metadata: try text("metadata.json"), weights: weights)
      for entry in archive.entries where entry.name.hasPrefix("assets/") && entry.name.hasSuffix(vocabularyFile) {
        contents.vocabularies[entry.name] = try text(entry.name)
      }
      return contents
    } catch {
      throw KerasError(file: path, any: error)
    }
  }

  /// A path to an empty file that is gone once the body ends; whoever has opened it keeps its contents until it is
  /// closed.
  static func withTemporaryPath<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
    let file = TemporaryFile(for: folder.appending(path: "convoy-\(UUID().uuidString).h5").path)
    return try body(file.path)
  }
}
