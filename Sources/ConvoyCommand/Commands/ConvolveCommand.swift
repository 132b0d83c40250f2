import ArgumentParser
import Keras
import Networks
import Tensors
import Training

/// `convoy convolve`
struct ConvolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convolve",
    abstract: "Make of a classifier a network that gives a map of classes of larger images.",
    discussion: """
      Dense layers become convolutions with the same weights, and global pooling that of windows: each cell of the map \
      is what the classifier says of one window of its image size. What is written takes images of any size that is at \
      least that one.
      """)

  @Argument(help: "A file with a classifier of images, such as a checkpoint, or with weights.")
  var file: String

  @Option(
    help: ArgumentHelp(
      "The file to write: .h5 or .keras; without it, only what would change is shown.",
      valueName: "file"))
  var output: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var architecture: ArchitectureOptions

  func validate() throws {
    if let output, ![.h5, .keras].contains(ExportFormat(suffixOf: output)) {
      throw ValidationError("--output is '\(output)', but must end in .h5 or .keras, which hold the architecture.")
    }
  }

  func run() {
    Session.runAlone("convolve") {
      if let output { try Destination.require(output, inputs: [file, architecture.into], overwrite: overwrite) }
      let need: Output.Need = output == nil ? .essential : .dispensable
      let model = try LoadedModel(file, architecture.graph(), openSizes: architecture.openSizes)
      let convolved: ConvolvedGraph
      do { convolved = try model.graph.convolving() } catch {
        throw TrainingError(.data, "\(file): \(error)")
      }
      Output.print(text(of: convolved, model.input), need)
      if let layer = convolved.padding.first {
        let rest = convolved.padding.count > 1 ? " and \(convolved.padding.count - 1) more" : ""
        Output.note(
          "layer '\(layer)'\(rest) adds zeros around its map, which a larger image has at its own edges only: the map "
            + "differs from what the classifier says of each window by itself.")
      }
      guard let output, let format = ExportFormat(suffixOf: output) else { return }
      let weights = try LoadedModel.weights(of: convolved.graph, file)
      weights.copyByPath(from: model.weights)
      try KerasModel.export(convolved.graph, weights, as: format, notes: ModelNotes.read(from: file)?.text, to: output)
      Output.print("wrote \(output)", need)
    }
  }

  private func text(of convolved: ConvolvedGraph, _ window: Shape) -> String {
    var table = TextTable([("layer", .left), ("was", .left), ("becomes", .left)])
    for change in convolved.changes {
      let layer = convolved.graph.nodes[convolved.graph.index(ofFirstCall: change.layer)!].layer
      let sizes = layer.kerasConfiguration()
      let size = (sizes["kernel_size"] ?? sizes["pool_size"])?.asArray?.compactMap(\.asInteger) ?? []
      table.add([change.layer, change.from, "\(change.to) \(size.map(String.init).joined(separator: "x"))"])
    }
    return table.text + "\na cell for each window of \(window.height)x\(window.width) pixels, every "
      + "\(convolved.strides[0]) pixels downwards and \(convolved.strides[1]) to the right"
  }
}
