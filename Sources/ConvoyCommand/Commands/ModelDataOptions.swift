import ArgumentParser
import Communication
import Keras
import Training

/// A model, and the data that it looks at without being trained.
struct ModelDataOptions: ParsableArguments {
  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "The configuration that names the data and its preprocessing; by default the one that a checkpoint was trained "
        + "with.",
      valueName: "config"))
  var data: String?

  @OptionGroup var architecture: ArchitectureOptions
  @OptionGroup var algorithm: ConvolutionOptions
  @OptionGroup var options: ConfigurationOptions

  /// What messages call the configuration.
  var source: String { data ?? "the recipe in \(file)" }

  /// The files that are read, beside those of the data.
  var inputs: [String?] { [file, data, architecture.into] }

  func model() throws -> LoadedModel {
    try LoadedModel(file, architecture.graph(), convolution: algorithm.convolution).telling()
  }

  /// Collective.
  func recipe(_ session: Session) throws -> Recipe {
    let header = try session.agree(.data) {
      // Whether there is such a file comes before the question which data it is for.
      _ = try ModelFileFormat(of: file)
      let header = try Checkpoint.knownHeader(of: file)
      if header == nil, data == nil { _ = try KerasWeights(reading: file) }
      return header
    }
    return try session.agree(.configuration) { try options.load(data, orFrom: header, file) }
  }
}
