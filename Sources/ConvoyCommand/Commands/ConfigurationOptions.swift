import ArgumentParser
import Foundation
import Training

/// The overrides that every command with a configuration takes.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replace a value of the configuration, such as optimizer.rate=0.1; paths are relative to the current folder.",
      valueName: "path=value"))
  var overrides: [String] = []

  func load(_ path: String) throws -> Configuration {
    try Configuration(path: path, overrides: overrides, currentFolder: FileManager.default.currentDirectoryPath)
  }

  /// The recipe of a configuration, or without one that of a checkpoint.
  ///
  /// - Parameter file: the checkpoint.
  func load(_ path: String?, orFrom header: Checkpoint.Header?, _ file: String) throws -> Recipe {
    if let path { return try load(path).recipe }
    guard let header else {
      throw TrainingError(
        .configuration,
        "\(file) is no checkpoint of Convoy, which would know its data; name a configuration with --data.")
    }
    return try apply(to: header.recipe, name: "the recipe in \(file)")
  }

  /// A recipe that no file was read from, with the overrides.
  private func apply(to recipe: Recipe, name: String) throws -> Recipe {
    let tree = try ConfigurationTree(name: name, text: Configuration.yaml(recipe))
    return try Configuration(
      tree, overrides: overrides, folder: "/", currentFolder: FileManager.default.currentDirectoryPath
    ).recipe
  }
}
