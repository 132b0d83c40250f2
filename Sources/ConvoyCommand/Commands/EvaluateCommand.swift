import ArgumentParser
import Communication
import Datasets
import Reports
import Tensors
import Training

/// `convoy evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure loss and accuracy of a Keras file or checkpoint; under mpirun, on all ranks together.",
    discussion: "The figures are the same whatever the number of ranks: every sample counts exactly once.")

  enum Split: String, ExpressibleByArgument, CaseIterable, Encodable { case train, test }

  private struct Report: Encodable {
    let file: String
    let split: Split
    let loss: Double
    let accuracy: Double
    let correct: Int
    let samples: Int
  }

  @Argument(help: "A file with a model, such as a checkpoint, or with weights.")
  var file: String

  @Option(help: ArgumentHelp("The configuration that names the data and its preprocessing.", valueName: "config"))
  var data: String

  @Option(help: "Which data of the configuration.")
  var split = Split.test

  @Flag(help: "Print one line of JSON.")
  var json = false

  @OptionGroup var architecture: ArchitectureOptions
  @OptionGroup var options: ConfigurationOptions

  func run() {
    Session.run { session in
      let recipe = try session.agree(.configuration) { try options.load(data).recipe }
      let placement = try ThreadPlacement(
        recipe.threads, pinning: recipe.pin, communicator: session.communicator)
      let threads = placement.threads
      let evaluator = try session.agree(.data) {
        let model = try LoadedModel(file, architecture.graph())
        try model.requireClassifier()
        guard let location = split == .train ? recipe.data.train : recipe.data.test else {
          throw TrainingError(
            .configuration, "\(data) names no data to test on; add 'data.test', or choose --split train.")
        }
        let source = try openSource(
          location, SourceOptions(shape: model.input, resize: recipe.data.resize, classes: model.classes))
        return try Evaluator(
          model.graph, weights: model.weights, source: source,
          preparation: Preparation(for: source, recipe.preprocessing),
          communicator: session.communicator, shardSize: recipe.batch / recipe.shards, threads: threads)
      }
      let metrics = try evaluator.evaluate(pool: WorkerPool(count: threads, processors: placement.processors))
      guard session.isFirst else { return }
      let report = Report(
        file: file, split: split, loss: metrics.loss, accuracy: metrics.accuracy, correct: metrics.correct,
        samples: metrics.samples)
      if json { return try Output.printJSON(report) }
      Output.print("\(split.rawValue) \(metrics.text)")
    }
  }
}
