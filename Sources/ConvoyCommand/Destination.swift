import Foundation
import Training

/// Where a command writes. Nothing that is there is lost unless that is wanted, and nothing that the command reads in
/// any case.
enum Destination {
  /// - Parameters:
  ///   - inputs: paths that the command reads, also as `PATH:/GROUP`.
  ///   - overwrite: whether a file may be replaced.
  static func require(_ path: String, inputs: [String?], overwrite: OverwriteOptions) throws(TrainingError) {
    try refuse(path, among: inputs)
    switch Location.kindOfEntry(path) {
    case nil: return
    case .file where overwrite.isWanted: return
    case .file:
      throw TrainingError(
        .configuration, "\(path) is there already; choose another name, or add --overwrite to replace it.")
    case .folder: throw TrainingError(.configuration, "\(path) is a folder; name a file to write.")
    case .other: throw TrainingError(.configuration, "\(path) is no file that could be replaced; name another one.")
    }
  }

  /// Several files in one folder.
  static func require(
    _ names: [String], in folder: String, inputs: [String?], overwrite: OverwriteOptions
  ) throws(TrainingError) {
    for name in names { try require("\(folder)/\(name)", inputs: inputs, overwrite: overwrite) }
  }

  /// Refuses a file that is read and would be lost.
  static func refuse(_ path: String, among inputs: [String?]) throws(TrainingError) {
    guard inputs.contains(where: { $0.map { Location.isSame($0, path) } ?? false }) else { return }
    throw TrainingError(
      .configuration, "\(path) is what this command reads, and would be lost; choose another place to write to.")
  }
}
