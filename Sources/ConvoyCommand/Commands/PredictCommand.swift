import ArgumentParser
import Datasets
import Foundation
import Networks
import Training

/// `convoy predict`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Say what images show.",
    discussion: """
      Images are JPEG or PNG files, or folders of them and of more folders. They are resized to the input of the \
      model, or keep their size where the model leaves sizes open, and are prepared as in the training of the \
      checkpoint. Classes have the names that a checkpoint knows; 1,000 outputs without names are taken for ImageNet's.
      """)

  private struct Line: Encodable {
    let file: String
    let predictions: [ClassProbability]
  }

  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Argument(help: ArgumentHelp("Images, or folders of images.", valueName: "image"))
  var images: [String]

  @Option(help: ArgumentHelp("How many of the most probable classes to name.", valueName: "k"))
  var top = 1

  @Option(
    help: ArgumentHelp(
      "How images are prepared, as in a configuration: '{scale: 1/255}'; for files that convoy has not trained.",
      valueName: "yaml"))
  var preprocessing: String?

  @Flag(help: "Print a line of JSON for each image.")
  var json = false

  @OptionGroup var architecture: ArchitectureOptions
  @OptionGroup var algorithm: ConvolutionOptions

  func validate() throws {
    if top < 1 { throw ValidationError("--top is \(top), but must be at least 1.") }
  }

  func run() {
    Session.runAlone("predict") {
      let found = Result { try images.map(ImageFiles.list) }
      // Sizes that the model leaves open are those of each image, unless they are said.
      let isOpen = architecture.input == nil
      let openSizes = isOpen ? ImageFiles.openSizes((try? found.get())?.flatMap(\.files) ?? []) : architecture.openSizes
      let model = try LoadedModel(
        file, architecture.graph(), openSizes: openSizes, convolution: algorithm.convolution, keepsSizesOpen: isOpen
      ).telling()
      try model.requireClassifier()
      let listings = try found.get()
      let files = listings.flatMap(\.files)
      let notes = try ModelNotes.read(from: file)
      for case let notice? in listings.map(\.notice) { Output.note(notice) }
      let predictor = try Predictor(
        model, files: files, preprocessing: preparation(model, notes),
        classNames: ClassNames.known(notes, classes: model.classes))
      for notice in predictor.notices { Output.note(notice) }
      try predictor.run(top: top) { file, predictions in
        if json { return try Output.printJSON(Line(file: file, predictions: predictions)) }
        Output.print("\(file): \(predictions.map(\.text).joined(separator: ", "))")
      }
    }
  }

  private func preparation(_ model: LoadedModel, _ notes: ModelNotes?) throws -> PreprocessingChoice {
    let given = try preprocessing.map {
      try ConfigurationTree(name: "--preprocessing", text: $0).decode(Preprocessing.self)
    }
    let choice = try model.preprocessing(given ?? Preprocessing(), in: "--preprocessing", notes)
    guard given != nil || choice.isKnown else {
      throw TrainingError(
        .configuration,
        "\(file) does not say how its images were prepared; add --preprocessing '{scale: 1/255}', or '{scale: 1}' for "
          + "bytes as they are."
      )
    }
    return choice
  }
}
