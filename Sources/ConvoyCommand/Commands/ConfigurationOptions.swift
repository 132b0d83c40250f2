import ArgumentParser
import Foundation

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
}
