import ConvoyCommand

/// A configuration file, as the file and as a value of `--set`.
enum ConfigurationReading {
  static func read(_ path: String, in folder: String) {
    guard let configuration = try? Configuration(path: path, currentFolder: folder) else { return }
    guard let text = try? Configuration.yaml(configuration.recipe) else {
      preconditionFailure("a recipe that was read cannot be written")
    }
    precondition(!text.isEmpty)
  }
}
