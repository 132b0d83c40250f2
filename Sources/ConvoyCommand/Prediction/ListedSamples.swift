import Datasets
import Networks
import Training

/// Samples to predict from a list, arrays, shards or records.
struct ListedSamples {
  let source: any DataSource
  /// With room for the texts of the samples.
  let model: LoadedModel
  /// The columns that the inputs of the model take, in their order.
  let inputs: [String]

  /// Whether a path names a list rather than an image.
  static func isList(_ path: String) -> Bool {
    let endings = [".csv", ".jsonl", ".h5", ".hdf5", ".npz", ".npy", ".tar", ".tfrecord"]
    return endings.contains { path.hasSuffix($0) || path.contains("\($0):") }
  }

  /// - Parameter notes: of the model's file: which columns its inputs took in training.
  init(_ path: String, _ model: LoadedModel, _ notes: ModelNotes?) throws {
    var recipe =
      try Checkpoint.knownHeader(of: model.file)?.recipe
      ?? Recipe(model: .file(model.file), data: DataChoice(train: path))
    if let inputs = notes?.inputs { recipe.inputs = inputs }
    var options = SourceOptions(resize: true)
    options.decoding = notes?.decoding ?? ImageDecoding()
    options.inputs = try recipe.inputChoices(of: model.graph)
    if options.inputs.isEmpty { options.shape = model.input }
    // Targets need not be there.
    let taken = Set(options.inputs.map(\.column))
    options.columns = recipe.data.columns.filter { taken.contains($0.key) || $0.value.kind == .image }
    let source = try openSource(path, options)
    self.source = source
    inputs = try recipe.inputColumns(of: model.graph, DataDescription(source, source.columns, classes: 0))
    self.model = model.takesTexts ? try model.fitted(to: source, recipe) : model
  }

  /// The image files of the samples, where they have such.
  var files: [String] { (0..<source.count).compactMap { source.name(of: $0) } }
}
