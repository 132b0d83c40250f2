import ArgumentParser
import Datasets
import Training

/// Which data of a configuration is meant.
enum DataPart: String, ExpressibleByArgument, CaseIterable {
  case train, validation, test

  /// Opens this part and nothing else that could be missing.
  ///
  /// - Parameter name: what messages call the configuration.
  func open(_ recipe: Recipe, _ options: SourceOptions, _ name: String) throws -> any DataSource {
    var options = options
    options.columns = recipe.data.columns
    if let decoding = recipe.data.decoding { options.decoding = decoding }
    let (location, share) =
      switch self {
      case .train: (Optional(recipe.data.train), Share?.none)
      case .validation: (recipe.data.validation, recipe.data.split?.validation)
      case .test: (recipe.data.test, recipe.data.split?.test)
      }
    guard location != nil || share != nil else {
      throw TrainingError(
        .configuration,
        "\(name) names no \(rawValue) data; add 'data.\(rawValue)', or choose another --split.")
    }
    if recipe.data.split == nil || share == nil && self != .train { return try openSource(location!, options) }
    let parts = try recipe.openData(options)
    return self == .train ? parts.train : self == .validation ? parts.validation! : parts.test!
  }
}
