import Foundation
public import Keras
import Networks

/// Files with a model that Keras wrote, in the repository and, where that folder is present, in ../shared/keras.
public enum KerasModelFiles {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Paths from the root of the repository.
  public static let own = files(in: "Tests/Fixtures/keras")
  public static let shared = files(in: "../shared/keras/fixtures")

  public static func path(_ file: String) -> String { root.appending(path: file).standardized.path }

  /// Whatever has a model in it, but for what is damaged on purpose.
  private static func files(in folder: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: path(folder))?.compactMap { $0 as? String } ?? []
    return names.sorted().filter { name in
      let isFolder = name.hasSuffix(".directory")
      let isFile = (name.hasSuffix(".h5") || name.hasSuffix(".keras")) && !name.contains(".directory/")
      guard isFolder || isFile else { return false }
      return (try? ModelFileFormat(of: path("\(folder)/\(name)")))?.hasArchitecture == true
    }.map { "\(folder)/\($0)" }
  }

  /// Reads a model; sizes that it leaves open become small ones.
  public static func model(_ file: String) throws -> KerasModel {
    do {
      return try KerasModel(reading: path(file))
    } catch {
      return try KerasModel(reading: path(file), openSizes: .all(8))
    }
  }
}
