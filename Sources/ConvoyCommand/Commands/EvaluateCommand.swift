import ArgumentParser
import Communication
import Datasets
import Networks
import Reports
import Tensors
import Training

/// `convoy evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure how well a Keras file or checkpoint classifies; under mpirun, on all ranks together.",
    discussion: """
      Prints loss and accuracy (top-1 and top-5), precision, recall and F1 of every class, and the confusion matrix; \
      for multi-label data, the share of images all of whose labels are right, and precision, recall and F1 \
      of every label. The figures are the same whatever the number of ranks: every sample counts exactly once.
      """)

  @OptionGroup var input: ModelDataOptions

  @Option(help: "Which data of the configuration.")
  var split = DataPart.test

  @Option(
    help: ArgumentHelp(
      "Also write evaluation.json, classes.csv, confusion.csv and confusion.svg, a picture, into this folder.",
      valueName: "dir"))
  var output: String?

  @OptionGroup var overwrite: OverwriteOptions

  @Flag(help: "Print one line of JSON.")
  var json = false

  func run() {
    Session.run { session in
      let recipe = try input.recipe(session)
      let lock = try session.claim(
        output, EvaluationReport.fileNames, for: "evaluate", inputs: input.inputs + recipe.inputFiles,
        overwrite: overwrite)
      defer { withExtendedLifetime(lock) {} }
      let placement = try ThreadPlacement(
        recipe.threads, pinning: recipe.pin, communicator: session.communicator)
      let threads = placement.threads
      let (evaluator, names, source) = try session.agree(.data) {
        let model = try input.model()
        try model.requireClassifier()
        let notes = try ModelNotes.read(from: input.file)
        let source = try openData(recipe, model, notes)
        let prepared = try PreparedData(source, model.preprocessing(recipe, input.data, notes))
        let classes = ClassInspection(evaluating: source, model: model.graph.name, outputs: model.classes)
        if session.isFirst { for notice in source.notices + prepared.notices + classes.notices { Output.note(notice) } }
        try model.requireMemory(
          recipe.makeEvaluationPlan(model.graph), threads: threads,
          processes: session.communicator.localSize)
        let evaluator = try Evaluator(
          model.graph, weights: model.weights, source: source, preparation: prepared.preparation,
          communicator: session.communicator, recipe: recipe, threads: threads)
        let names = source.classNames.isEmpty ? ClassNames.known(notes, classes: model.classes) : source.classNames
        return (evaluator, ClassNames.complete(names, classes: model.classes), source)
      }
      let pool = WorkerPool(count: threads, processors: placement.processors)
      try ImageCheck(communicator: session.communicator, pool: pool).run(source, resizing: recipe.data.resize)
      let result = try evaluator.assess(pool: pool)
      guard session.isFirst else { return }
      let report = EvaluationReport(result, file: input.file, split: split.rawValue, classNames: names)
      if let output { try report.write(into: output) }
      let need: Output.Need = output == nil ? .essential : .dispensable
      if json { return try Output.printJSON(report, need) }
      Output.print("\(split.rawValue) \(result.metrics.text)\n\(report.text)", need)
    }
  }

  /// The data, whose classes must be those that the model was trained on.
  private func openData(_ recipe: Recipe, _ model: LoadedModel, _ notes: ModelNotes?) throws -> any DataSource {
    var options = SourceOptions(shape: model.input, resize: recipe.data.resize, classes: model.classes)
    options.classNames = notes?.classNames ?? []
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
