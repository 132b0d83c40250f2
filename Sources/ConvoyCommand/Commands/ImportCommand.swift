import ArgumentParser
import Keras
import Networks
import Tensors
import Training

/// `convoy import`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Show which array of a file becomes which variable of a model, and write the model.",
    discussion: """
      Reads every HDF5 format of Keras 1 to 3, .keras and safetensors with the names of torchvision or timm. What has \
      no partner on either side is an error unless it is allowed.
      """)

  @Argument(help: "A file with a model or weights.")
  var file: String

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var architecture: ArchitectureOptions

  @Option(help: ArgumentHelp("The file to write: .h5, .keras, .weights.h5 or .safetensors.", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("new-head"),
    help: ArgumentHelp(
      "Replace the layer that makes the classes by a new one for so many, with first values from --seed.",
      valueName: "classes"))
  var newHead: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Arrays, variables or layers (with * and ?) that may be without a partner; such variables get first values from "
        + "--seed.", valueName: "pattern"))
  var allowPartial: [String] = []

  @Option(help: "For first values of what is not in the file.")
  var seed = 0

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let newHead, newHead < 1 { throw ValidationError("--new-head is \(newHead), but must be at least 1.") }
    if let output, ExportFormat(suffixOf: output) == nil {
      throw ValidationError("--output is '\(output)', but must end in .h5, .keras, .weights.h5 or .safetensors.")
    }
  }

  func run() {
    Session.runAlone("import") {
      if let output { try Destination.require(output, inputs: [file, architecture.into], overwrite: overwrite) }
      let need: Output.Need = output == nil ? .essential : .dispensable
      try Checkpoint.requireSound(file)
      var source: KerasModel?
      let stored = try KerasWeights(reading: file)
      if stored.format.hasArchitecture { source = try KerasModel(reading: file, openSizes: architecture.openSizes) }
      guard let found = try architecture.graph() ?? source?.graph else {
        throw TrainingError(
          .configuration,
          "\(file) holds weights without an architecture; add --into with the model that they belong to.")
      }
      for setting in found.foreignSettings { Output.note(setting.description) }
      var target = try withNewHead(found)
      target.hasOpenSizes = false
      var mapping = stored.mapping(onto: target)
      if let source, architecture.into != nil { mapping.compare(with: source, target) }
      let head = newHead == nil ? nil : target.head
      let replaced = head.map { mapping.replaceHead($0) } ?? []
      let unused = mapping.allow(allowPartial)
      let table = MappingTable(mapping, of: stored, target, head: head, replaced: replaced)
      if json { try Output.printJSON(table, pretty: true, need) } else { Output.print(table.text, need) }
      if let pattern = unused.first {
        throw TrainingError(
          .configuration, "--allow-partial '\(pattern)' matches nothing that is without a partner; remove it.")
      }
      if let problem = mapping.problems.first {
        let rest = mapping.problems.count > 1 ? " (and \(mapping.problems.count - 1) more, see the table)" : ""
        throw TrainingError(.data, "\(file): \(problem.sentence)\(rest)")
      }
      for notice in mapping.notices { Output.note(notice) }
      target.takeOriginalTensors(stored.originalTensors(onto: found))
      let weights = try LoadedModel.weights(of: target, file)
      weights.initialize(seed: UInt64(bitPattern: Int64(seed)))
      try mapping.load(into: weights)
      guard let output, let format = ExportFormat(suffixOf: output) else { return }
      var notes = try ModelNotes.read(from: file)
      if newHead != nil { notes?.classNames = [] }
      try KerasModel.export(target, weights, as: format, notes: notes?.text, to: output)
      if !json { Output.print("wrote \(output)", need) }
    }
  }

  private func withNewHead(_ found: Graph) throws -> Graph {
    guard let newHead else { return found }
    do { return try found.replacingHead(classes: newHead) } catch {
      throw TrainingError(.configuration, "--new-head: \(error)")
    }
  }
}
