import ArgumentParser
import FileKinds
import Foundation
import Keras
import Networks
import Tensors
import Training

/// Which model weights belong to, for files that do not say it.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The architecture that the weights belong to: a network that comes with convoy, a configuration (YAML), or a "
        + "file "
        + "with a Keras model or its architecture (JSON).", valueName: "model|config|file"))
  var into: String?

  @Option(
    help: ArgumentHelp(
      "The shape of a sample for a network of convoy, such as 224,224,3, or for a model that leaves sizes open.",
      valueName: "h,w,c"))
  var input: SampleShape?

  @Option(help: "The number of classes for a network of convoy.")
  var classes: Int?

  func validate() throws {
    if into == nil, classes != nil { throw ValidationError("--classes goes with --into.") }
    if let classes, classes < 1 { throw ValidationError("--classes is \(classes), but must be at least 1.") }
  }

  /// What sizes that a model leaves open are to be.
  var openSizes: OpenSizes { input.map { .samples([$0.shape.dimensions]) } ?? .refused }

  /// Nil where no architecture was asked for.
  ///
  /// - Parameter sampleSizes: those of sizes that a file leaves open; nil for `--input`.
  func graph(sampleSizes: OpenSizes? = nil) throws -> Graph? {
    guard let into else { return nil }
    if ModelFile.isConfiguration(into) {
      let configuration = try Configuration(
        path: into, overrides: [], currentFolder: FileManager.default.currentDirectoryPath)
      return try configuration.recipe.describedModel().graph
    }
    if FileManager.default.fileExists(atPath: into) {
      return try KerasModel.architecture(reading: into, openSizes: sampleSizes ?? openSizes)
    }
    do {
      return try Models.make(
        into, input: input?.shape ?? Models.usualInput(of: into), classes: classes ?? Models.usualClasses(of: into))
    } catch {
      throw TrainingError(.configuration, "--into: \(error)")
    }
  }
}

/// The kind of file that a path names.
enum ModelFile {
  /// Whether it is a configuration rather than a model or weights. What looks like a model by its name is one, so that
  /// damage to it is reported as such.
  static func isConfiguration(_ path: String) -> Bool {
    let name = path.lowercased()
    if [".yaml", ".yml"].contains(where: name.hasSuffix) { return true }
    let isModel = [".h5", ".hdf5", ".keras", ".safetensors"].contains(where: name.hasSuffix)
    guard !isModel, Location.kind(path) == .file, (try? ModelFileFormat(of: path)) == nil else { return false }
    return FileKind(at: path).map { [.empty, .yaml, .json].contains($0) } ?? true
  }
}
