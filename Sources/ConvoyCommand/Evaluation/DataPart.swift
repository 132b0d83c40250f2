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
    let (data, split) = (recipe.data, recipe.data.split)
    let (location, isPart) =
      switch self {
      case .train: (Optional(data.train), split != nil || data.limit != nil)
      case .validation: (data.validation, split?.keepsValidation == true)
      case .test: (data.test, split?.test != nil)
      }
    guard location != nil || isPart else {
      throw TrainingError(
        .configuration,
        "\(name) names no \(rawValue) data; add 'data.\(rawValue)', or choose another --split.")
    }
    guard isPart else { return try openSource(location!, options) }
    let parts = try recipe.openData(options)
    return self == .train ? parts.train : self == .validation ? parts.validation! : parts.test!
  }
}
