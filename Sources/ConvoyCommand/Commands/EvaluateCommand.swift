import ArgumentParser
import Communication
import Datasets
import Networks
import Reports
import Tasks
import Tensors
import Training

/// `convoy evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how good a Keras file or checkpoint is; under mpirun, on all ranks together.",
    discussion: """
      Prints the loss, the metrics of the configuration, and what the task of the outputs tells. Of classes: accuracy \
      (top-1 and top-5), precision, recall and F1 of every class, and the confusion matrix. Of multi-label data: the \
      share of images all of whose labels are right, and precision, recall and F1 of every label. Of masks: IoU of \
      every class. Of boxes: mean IoU. Of numbers: errors and R2. Then the images that it is worst at. The \
      figures are the same whatever the number of ranks: every sample counts exactly once.
      """)

  @OptionGroup var input: ModelDataOptions

  @Option(help: "Which data of the configuration.")
  var split = DataPart.test

  @Option(
    help: ArgumentHelp(
      "Also write evaluation.json, tables as CSV, a picture of the confusion matrix and worst.csv into this folder.",
      valueName: "dir"))
  var output: String?

  @OptionGroup var overwrite: OverwriteOptions

  @Flag(help: "Print one line of JSON.")
  var json = false

  func run() {
    Session.run { session in
      let recipe = try input.recipe(session)
      let lock = try session.claim(
        output, output.map(EvaluationDocument.fileNames) ?? [], for: "evaluate",
        inputs: input.inputs + recipe.inputFiles,
        overwrite: overwrite)
      defer { withExtendedLifetime(lock) {} }
      let placement = try ThreadPlacement(
        recipe.threads, pinning: recipe.pin, communicator: session.communicator)
      let threads = placement.threads
      let (evaluator, task, source) = try session.agree(.data) {
        var model = try input.model()
        let notes = try ModelNotes.read(from: input.file)
        let source = try openData(recipe, model, notes)
        if model.takesTexts { model = try model.fitted(to: source, recipe) }
        let targets = try recipe.targets(of: model.graph, in: source, notes)
        let task = try model.task(model.graph, for: targets)
        let prepared = try PreparedData(source, model.preprocessing(recipe, input.data, notes))
        var notices = source.notices + prepared.notices
        if recipe.learnsLabelAlone {
          notices += ClassInspection(evaluating: source, model: model.graph.name, outputs: model.classes).notices
        }
        if session.isFirst { for notice in notices { Output.note(notice) } }
        try model.requireMemory(
          recipe.makeEvaluationPlan(model.graph), threads: threads,
          processes: session.communicator.localSize)
        let evaluator = try Evaluator(
          model.graph, weights: model.weights, source: source, preparation: prepared.preparation,
          communicator: session.communicator, recipe: recipe, threads: threads)
        return (evaluator, task, source)
      }
      let pool = WorkerPool(count: threads, processors: placement.processors)
      try ImageCheck(communicator: session.communicator, pool: pool).run(source, resizing: recipe.data.resize)
      let result = try evaluator.assess(task, pool: pool)
      guard session.isFirst else { return }
      let document = result.document(file: input.file, split: split.rawValue)
      if let output { try document.write(into: output) }
      let need: Output.Need = output == nil ? .essential : .dispensable
      Output.print(
        json ? try document.jsonText() : "\(split.rawValue) \(result.metrics.text)\n\(document.text)", need)
    }
  }

  /// The data, whose classes must be those that the model was trained on.
  private func openData(_ recipe: Recipe, _ model: LoadedModel, _ notes: ModelNotes?) throws -> any DataSource {
    var options = SourceOptions(
      shape: model.input, resize: recipe.data.resize, classes: recipe.learnsLabelAlone ? model.classes : nil)
    options.classNames = notes?.classNames ?? []
    options.decoding = notes?.decoding ?? ImageDecoding()
    options.inputs = try recipe.inputChoices(of: model.graph)
    if !options.inputs.isEmpty { options.shape = nil }
    let source = try split.open(recipe, options, input.source)
    let (trained, found) = (notes?.classNames ?? [], source.classNames)
    guard trained.isEmpty || found.isEmpty || trained == found else {
      let order = found.sorted() == trained.sorted() ? " in another order" : ""
      throw TrainingError(
        .data,
        "\(source.location) has the classes \(found.list), but \(input.file) was trained on \(trained.list)\(order); "
          + "give "
          + "data with the same classes\(order.isEmpty ? "" : " in the same order").")
    }
    return source
  }
}
