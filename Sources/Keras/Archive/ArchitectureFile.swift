import Foundation
import Networks

/// The result of `model.to_json()` as a file: a model's architecture without weights. Programs that write it with a
/// JSON encoder of their own make a string of it, which is read as well.
enum ArchitectureFile {
  private static let mostBytes = 64 << 20

  static func isArchitecture(_ path: String) throws(KerasError) -> Bool { try read(path)["class_name"] != .null }

  static func read(_ path: String) throws(KerasError) -> JSONValue {
    let size = (try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
    guard size <= mostBytes, let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw KerasError(file: path, "it cannot be read as text of at most 64 MiB; save the model again.")
    }
    return try KerasError.catching(file: path) { () throws(ImportError) in
      let value = try JSONValue(parsing: text, called: "the file")
      guard let inner = value.asString else { return value }
      return try JSONValue(parsing: inner, called: "the text in the file")
    }
  }
}
