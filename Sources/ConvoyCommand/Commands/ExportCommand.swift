import ArgumentParser
import Keras
import Networks
import Training

/// `convoy export`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model or its weights in another format.",
    discussion: """
      keras: a .keras archive for Keras 3. weights: .weights.h5 for Keras 3 and Keras 2 since 2.12. h5: a whole model \
      for Keras 2 and 3. h5-weights: weights by layer for every Keras. safetensors: names and layouts of PyTorch where \
      the weights came with them, else of Keras. The names of the classes and the preprocessing go along, and convoy \
      finds them there; the state of an optimizer is left behind.
      """)

  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Option(
    help: "keras, weights, h5, h5-weights or safetensors; by default what the suffix of --output says.",
    transform: { text in
      if let format = ExportFormat(rawValue: text) { return format }
      let known = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(text)' is no format; known are \(known).")
    })
  var format: ExportFormat?

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var architecture: ArchitectureOptions

  func validate() throws {
    if format == nil, ExportFormat(suffixOf: output) == nil {
      throw ValidationError("--output '\(output)' does not say which format is wanted; add --format.")
    }
  }

  func run() {
    Session.runAlone("export") {
      try Destination.require(output, inputs: [file, architecture.into], overwrite: overwrite)
      let model = try LoadedModel(file, architecture.graph(), openSizes: architecture.openSizes).telling()
      for setting in model.graph.foreignSettings { Output.note(setting.description) }
      let format = format ?? ExportFormat(suffixOf: output)!
      if format == .safetensors, let layer = KerasModel.layerWithoutOriginalName(model.graph) {
        Output.note("the arrays have the names and layouts of Keras, since layer '\(layer)' has no name of PyTorch.")
      }
      try KerasModel.export(
        model.graph, model.weights, as: format, notes: ModelNotes.read(from: file)?.text, to: output)
    }
  }
}
