import ArgumentParser
import Datasets
import Foundation
import Networks
import Tasks
import Training

/// `convoy predict`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Say what images show: classes, labels, numbers, boxes, or the class of every pixel.",
    discussion: """
      Images are files of JPEG, PNG, WebP, GIF, BMP, TIFF or PNM, or folders of them and of more folders. They are \
      resized to the input of the model, or keep their size where the model leaves sizes open, and are prepared as \
      in the training of the checkpoint. Classes have the names that a checkpoint knows; 1,000 outputs without names \
      are taken for ImageNet's. Boxes are left, top, right and bottom edge as shares of the image's width and height.
      """)

  private struct Line: Encodable {
    let file: String
    let predictions: [JSONValue]
  }

  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Argument(
    help: ArgumentHelp(
      "Images, or folders of images; or one list, CSV or HDF5, with a column for each input of the model.",
      valueName: "image"))
  var images: [String]

  @Option(help: ArgumentHelp("How many of the most probable classes to name.", valueName: "k"))
  var top = 1

  @Option(
    help: ArgumentHelp(
      "How images are prepared, as in a configuration: '{scale: 1/255}'; for files that convoy has not trained.",
      valueName: "yaml"))
  var preprocessing: String?

  @Option(
    help: ArgumentHelp(
      "What the outputs say, for files that convoy has not trained: \(TaskRegistry.names.joined(separator: ", ")).",
      valueName: "name"))
  var task: String?

  @Option(
    help: ArgumentHelp(
      "Draw the predictions on the images: a PNG file for each image in this folder.", valueName: "dir"))
  var overlays: String?

  @Option(
    help: ArgumentHelp(
      "Write masks: for each image a grey PNG file of its size with the class number of every pixel.",
      valueName: "dir"))
  var masks: String?

  @Flag(help: "Print a line of JSON for each image.")
  var json = false

  @Flag(help: "Print comma-separated values: a header, then a line for each thing that is said of an image.")
  var csv = false

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var architecture: ArchitectureOptions
  @OptionGroup var algorithm: ConvolutionOptions

  func validate() throws {
    if top < 1 { throw ValidationError("--top is \(top), but must be at least 1.") }
    if json && csv { throw ValidationError("--json and --csv are two forms of the same; give one of them.") }
  }

  func run() {
    Session.runAlone("predict") {
      let list = images.count == 1 && ListedSamples.isList(images[0]) ? images[0] : nil
      let found = Result { try list == nil ? images.map(ImageFiles.list) : [] }
      // Sizes that the model leaves open are those of each image, unless they are said.
      let isOpen = architecture.input == nil
      let openSizes = isOpen ? ImageFiles.openSizes((try? found.get())?.flatMap(\.files) ?? []) : architecture.openSizes
      let model = try LoadedModel(
        file, architecture.graph(), openSizes: openSizes, convolution: algorithm.convolution, keepsSizesOpen: isOpen
      ).telling()
      if list == nil { try model.requireImageInput() }
      let listings = try found.get()
      let files = listings.flatMap(\.files)
      let notes = try ModelNotes.read(from: file)
      for case let notice? in listings.map(\.notice) { Output.note(notice) }
      let targets = try model.targets(notes, task: task)
      let preparation = try preparation(model, notes)
      let predictor: Predictor
      var named = zip(images, listings).map { (path: $0, files: $1.files) }
      if let list {
        let samples = try ListedSamples(list, model, notes)
        predictor = try Predictor(
          samples.model, samples.source, inputs: samples.inputs, preprocessing: preparation, targets: targets)
        named = [(path: list, files: samples.files)]
      } else {
        predictor = try Predictor(
          model, files: files, preprocessing: preparation, targets: targets, decoding: notes?.decoding)
      }
      let pictures = try pictures(named, targets)
      let guess = model.notice(targets, notes, task: task)
      for notice in [guess].compactMap(\.self) + predictor.notices { Output.note(notice) }
      let need: Output.Need = overlays == nil && masks == nil ? .essential : .dispensable
      var isFirst = true
      try predictor.run(top: top) { file, prediction in
        try draw(prediction, of: file, notes?.decoding, pictures.overlays, pictures.masks)
        if csv {
          Output.print(
            ((isFirst ? [prediction.tableHeader] : []) + prediction.table(file: file)).joined(separator: "\n"), need)
        } else if json {
          try Output.printJSON(Line(file: file, predictions: prediction.entries), need)
        } else {
          Output.print("\(file): \(prediction.text)", need)
        }
        isFirst = false
      }
    }
  }

  private func pictures(
    _ listings: [(path: String, files: [String])], _ targets: [Column]
  ) throws -> (overlays: PictureFolder?, masks: PictureFolder?) {
    if masks != nil, !targets.contains(where: { $0.kind == .mask }) {
      throw TrainingError(
        .configuration, "--masks: \(file) gives no class of every pixel; leave it out, or say '--task segmentation'.")
    }
    func folder(_ path: String?, _ option: String) throws -> PictureFolder? {
      try path.map {
        try PictureFolder($0, option: option, listings, inputs: [file, architecture.into], overwrite: overwrite)
      }
    }
    return (try folder(overlays, "--overlays"), try folder(masks, "--masks"))
  }

  private func draw(
    _ prediction: any Prediction, of file: String, _ decoding: ImageDecoding?, _ overlays: PictureFolder?,
    _ masks: PictureFolder?
  ) throws {
    guard overlays != nil || masks != nil else { return }
    var picture = try Picture(file: file, decoding ?? ImageDecoding())
    if let masks, let mask = prediction.mask {
      try masks.write(mask.png(height: picture.height, width: picture.width), for: file)
    }
    guard let overlays else { return }
    prediction.draw(on: &picture)
    try overlays.write(picture.png(), for: file)
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
