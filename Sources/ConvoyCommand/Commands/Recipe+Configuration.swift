import Training

extension Recipe {
  /// The recipe of a configuration; nil where the path is of data itself.
  static func ofConfiguration(_ path: String, _ options: ConfigurationOptions) throws -> Recipe? {
    let name = path.lowercased()
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") || name.hasSuffix(".json") else {
      guard options.overrides.isEmpty else {
        throw TrainingError(
          .configuration, "--set changes a configuration, but \(path) is data; name a configuration, or leave it out.")
      }
      return nil
    }
    return try options.load(path).recipe
  }
}
