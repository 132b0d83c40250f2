import ArgumentParser
import Communication
import Datasets
import HDF5
import Networks
import Tensors
import Training

/// `convoy features`
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract:
      "Write what a network makes of images before it tells classes apart; under mpirun, on all ranks together.",
    discussion: """
      The file holds /features (one row for each image), /labels, /files where the images have names, and the \
      attributes class_names, layer and model. Without --layer it is the last layer behind which only what can be \
      trained for other classes follows.
      """)

  @OptionGroup var input: ModelDataOptions

  @Option(help: "Which data of the configuration.")
  var split = DataPart.train

  @Option(help: ArgumentHelp("The layer whose outputs are written.", valueName: "name"))
  var layer: String?

  @Option(help: ArgumentHelp("The HDF5 file to write.", valueName: "features.h5"))
  var output: String

  @OptionGroup var overwrite: OverwriteOptions

  func run() {
    Session.run { session in
      let recipe = try input.recipe(session)
      _ = try session.onFirst(.configuration) {
        try Destination.require(output, inputs: input.inputs + recipe.inputFiles, overwrite: overwrite)
      }
      let placement = try ThreadPlacement(recipe.threads, pinning: recipe.pin, communicator: session.communicator)
      let pool = WorkerPool(count: placement.threads, processors: placement.processors)
      let run = try session.agree(.data) {
        var model = try input.model()
        let notes = try ModelNotes.read(from: input.file)
        var options = SourceOptions(resize: recipe.data.resize)
        options.inputs = try recipe.inputChoices(of: model.graph)
        options.shape = options.inputs.isEmpty ? model.input : nil
        options.decoding = notes?.decoding ?? ImageDecoding()
        let source = try split.open(recipe, options, input.source)
        if model.takesTexts { model = try model.fitted(to: source, recipe) }
        let choice = try model.preprocessing(recipe, input.data, notes)
        let prepared = try PreparedData(source, choice)
        if session.isFirst { for notice in source.notices + prepared.notices { Output.note(notice) } }
        let columns = try recipe.inputColumns(
          of: model.graph, DataDescription(source, prepared.preparation.columns, classes: 0))
        return try FeatureRun(model, layer: layer, prepared, columns: columns, pool, session.communicator)
      }
      try ImageCheck(communicator: session.communicator, pool: pool).run(run.source, resizing: recipe.data.resize)
      let shape = try run.write(to: output, file: input.file, isFirst: session.isFirst)
      guard session.isFirst else { return }
      Output.print("\(run.source.count) rows of shape \(shape) from layer '\(run.layer)' in \(output)", .dispensable)
    }
  }
}

/// Images on their way through a part of a model into a file.
private struct FeatureRun {
  let layer: String
  let source: any DataSource
  private let preparation: Preparation
  private let plan: Plan
  private let extractor: FeatureExtractor
  /// The columns that the part of the model takes.
  private let inputs: [String]

  /// - Parameter columns: that the inputs of the model take.
  init(
    _ model: LoadedModel, layer wanted: String?, _ data: PreparedData, columns: [String], _ pool: WorkerPool,
    _ communicator: any Communicator
  ) throws {
    let graph = model.graph
    let value: Graph.Value
    if let wanted {
      guard let index = graph.index(named: wanted) else {
        throw TrainingError(
          .configuration,
          "--layer: there is no layer '\(wanted)' in '\(graph.name)'; `convoy inspect` lists its layers.")
      }
      value = Graph.Value(node: index)
    } else {
      guard let found = graph.featuresForOthers else {
        throw TrainingError(
          .configuration,
          "'\(graph.name)' has no part that makes features and no classifier behind it; name a layer with --layer.")
      }
      value = found
    }
    layer = graph.nodes[value.node].name
    (source, preparation) = (data.source, data.preparation)
    let prefix = graph.prefix(upTo: value)
    // The layer may need some of them only.
    let taken = zip(graph.inputNames, columns).filter { prefix.inputNames.contains($0.0) }
    inputs = taken.map(\.1)
    plan = try Planner().plan(prefix, lanes: Layout.laneMultiple, mode: .inference)
    // Rows of all ranks are gathered on each.
    let rows = [
      Layout.laneMultiple, pool.count, communicator.size, plan.outputs[0].shape.count, MemoryLayout<Float>.stride,
    ]
    try model.requireMemory(
      plan, samples: rows.saturatedProduct.saturatedSum(plan.table.bytes), threads: pool.count,
      processes: communicator.localSize)
    let weights = Weights(plan.table)
    let all = Dictionary(uniqueKeysWithValues: model.weights.table.entries.map { ($0.path, $0) })
    for entry in plan.table.entries { weights[entry].copy(from: model.weights[all[entry.path]!]) }
    extractor = FeatureExtractor(
      plan, weights: weights, communicator: communicator, pool: pool, shardSize: Layout.laneMultiple)
  }

  /// The first rank writes what all compute.
  func write(to path: String, file name: String, isFirst: Bool) throws -> Shape {
    let shape = plan.outputs[0].shape
    guard isFirst else {
      try extractor.run(source, inputs: inputs, preparation) { _, _ in }
      return shape
    }
    try File.replace(path) { file in
      let dataset = try file.root.createDataset("features", shape: [source.count] + shape.dimensions, of: Float.self)
      try extractor.run(source, inputs: inputs, preparation) { row, values throws(TrainingError) in
        do {
          try dataset.write(values.values, rows: row..<row + values.count / shape.count)
        } catch {
          throw TrainingError(.run, "\(error)")
        }
      }
      if let count = source.labelCount {
        let labels = (0..<source.count).flatMap { sample in
          (0..<count).map { Int64(source.hasLabel($0, at: sample) ? 1 : 0) }
        }
        try file.root.write("labels", labels, shape: [source.count, count])
      } else {
        try file.root.write("labels", (0..<source.count).map { Int64(source.label(at: $0)) })
      }
      let files = (0..<source.count).compactMap(source.name)
      if files.count == source.count { try file.root.write("files", files) }
      if !source.classNames.isEmpty { try file.root.attributes.set("class_names", source.classNames) }
      try file.root.attributes.set("layer", layer)
      try file.root.attributes.set("model", name)
    }
    return shape
  }
}
