import Foundation
import Training

/// The folder that a training run leaves its files in.
struct RunFolder {
  let path: String

  var history: String { path + "/history.jsonl" }
  /// Its checkpoints, the newest first.
  var checkpoints: [String] { get throws(TrainingError) { try Checkpoint.files(in: path) } }

  /// Makes the folder, and makes sure that files can be written in it before hours of training.
  func make() throws(TrainingError) {
    let probe = "\(path)/.writable-\(ProcessInfo.processInfo.processIdentifier)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: probe))
      try FileManager.default.removeItem(atPath: probe)
    } catch {
      throw TrainingError(
        .data,
        "the output folder \(path) cannot be written to; choose another one with --output, or change its permissions.")
    }
  }

  /// Writes `config.yaml`, whole or not at all.
  func write(_ recipe: Recipe) throws {
    let file = path + "/config.yaml"
    let text =
      "# Written by convoy train: the configuration with all defaults and overrides.\n\(try Configuration.yaml(recipe))"
    do {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    } catch {
      throw TrainingError(.data, "\(file) cannot be written; check the space left on the disk and the folder's permissions.")
    }
  }
}
