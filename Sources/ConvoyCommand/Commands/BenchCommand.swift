import ArgumentParser
import Communication
import Networks
import Tensors
import Training

/// `convoy bench`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time training steps or inference on synthetic data, or a configuration; under mpirun, on all ranks.",
    discussion: """
      Prints a line of JSON: a step is timed from one meeting of all ranks to the next. launch/bench starts it, and \
      compares it with PyTorch. Of a configuration it times the training itself, with its data.
      """)

  @Argument(
    help: ArgumentHelp(
      "resnet50, lenet5, small_cnn, or any other name that a configuration takes; or a configuration (YAML).",
      valueName: "network|config"))
  var model: String

  @Option(help: ArgumentHelp("The shape of a sample; by default what the network was made for.", valueName: "h,w,c"))
  var input: SampleShape?

  @Option(help: "Workers of each rank.")
  var threads = 1

  @Option(help: "Images per rank and step; by default 16, or what the configuration says.")
  var batch: Int?

  @Option(
    help: """
      Parts of a step over all ranks; by default what the configuration says, or as many as have 16 images, or the \
      next smaller divisor.
      """)
  var shards: Int?

  @Option(help: "Timed steps.")
  var steps = 5

  @Flag(help: "Time inference instead of training.")
  var infer = false

  @Option(help: "What is done with activations: fast, balanced or small; by default balanced, or as configured.")
  var memory: MemoryUse?

  @Flag(help: "Time the convolutions one by one instead, on one shard of --batch images: a table of GFLOP/s.")
  var kernels = false

  @Flag(help: "Time the exchange of the gradients alone instead, by the fixed tree and by MPI's own sum: a table.")
  var exchange = false

  @Flag(help: "Time the loader of a configuration alone instead, for one epoch: images per second of its one thread.")
  var loader = false

  @Option(help: "When gradients are exchanged: overlapped, threaded or blocking; by default overlapped.")
  var reducer: Recipe.ReducerChoice?

  @Option(help: "A file for a picture of the last step on all ranks, in the format of chrome://tracing and Perfetto.")
  var trace: String?

  @OptionGroup var overwrite: OverwriteOptions
  @OptionGroup var options: ConfigurationOptions

  @Flag(
    help: "Compare the replicas after every step instead of every 50, and leave all checks out of every other step.")
  var checks = false

  @Flag(help: "Let MPI wait by itself in every other step, instead of polling it.")
  var polling = false

  func validate() throws {
    for (name, value) in [("threads", threads), ("batch", batch ?? 1), ("steps", steps), ("shards", shards ?? 1)]
    where value < 1 {
      throw ValidationError("--\(name) is \(value), but must be at least 1.")
    }
    if checks || polling, infer || kernels || trace != nil || checks && polling {
      throw ValidationError("--checks and --polling go with plain training only, and not with each other.")
    }
    if exchange, infer || kernels || checks || polling || trace != nil {
      throw ValidationError(
        "--exchange computes nothing; leave out --infer, --kernels, --checks, --polling and --trace.")
    }
    if trace != nil, kernels {
      throw ValidationError("--trace shows a whole step; leave out --kernels.")
    }
    if loader, !isConfiguration || infer || kernels || exchange || checks || polling || trace != nil {
      throw ValidationError("--loader times the data of a configuration, and nothing else; leave out the others.")
    }
    if isConfiguration {
      if infer || input != nil {
        throw ValidationError("A configuration is trained with, as it is; leave out --infer and --input.")
      }
    } else if !options.overrides.isEmpty {
      throw ValidationError("--set replaces values of a configuration, but '\(model)' is a network; leave it out.")
    }
  }

  func run() {
    Session.run { session in
      let communicator = session.communicator
      _ = try session.onFirst(.configuration) {
        if let trace { try Destination.require(trace, inputs: [], overwrite: overwrite) }
      }
      var recipe = try session.agree(.configuration) { try self.recipe(ranks: communicator.size) }
      if checks { recipe.checkEvery = 1 }
      if loader {
        let timing = try session.agree(.data) { try LoaderTiming(recipe) }
        if session.isFirst { try Output.printJSON(timing) }
        return
      }
      if kernels || exchange {
        let graph = try recipe.makeModel(for: recipe.describeData()).graph
        if exchange {
          guard communicator.size > 1 else {
            throw ConfigurationError(
              "--exchange", "there is nothing to exchange on one rank; start several with mpirun.")
          }
          let table = try ExchangeBench(graph, communicator).run(repetitions: steps)
          if session.isFirst { print(table) }
          return
        }
        guard session.isFirst else { return }
        print(try KernelBench(graph: graph, lanes: Layout.lanes(forImages: recipe.batch / communicator.size)).run())
        return
      }
      let times =
        infer
        ? try InferenceBench(recipe, session).run(steps: steps, trace: trace)
        : try TrainingBench(recipe, session).run(steps: steps, trace: trace, comparison: comparison)
      let memory =
        try communicator.allGather([UInt8](String(ProcessStatistics.peakMemory).utf8))
        .compactMap { Int(String(decoding: $0, as: UTF8.self)) }.max() ?? 0
      guard session.isFirst else { return }
      let planned = try infer ? nil : plannedMemory(recipe, ranks: communicator.size)
      try Output.printJSON(
        BenchReport(
          times, model: model, ranks: communicator.size, batchPerRank: recipe.batch / communicator.size,
          threads: threads, shards: recipe.shards,
          infer: infer, peakMemory: memory, plannedMemory: planned, comparison: comparison))
    }
  }

  private var isConfiguration: Bool { model.hasSuffix(".yaml") || model.hasSuffix(".yml") }

  /// Training that goes on for as long as it is timed, and writes nothing.
  private func recipe(ranks: Int) throws -> Recipe {
    var recipe = try isConfiguration ? options.load(model).recipe : syntheticRecipe(ranks: ranks)
    if isConfiguration {
      if let batch { recipe.batch = batch * ranks }
      recipe.shards = shards ?? recipe.shards
    }
    recipe.epochs = 1_000_000
    recipe.threads = .fixed(threads)
    recipe.memory = memory ?? recipe.memory
    recipe.reducer = reducer ?? recipe.reducer
    recipe.checkpoint.every = .steps(1 << 40)
    return recipe
  }

  private func syntheticRecipe(ranks: Int) -> Recipe {
    let batch = batch ?? 16
    let choice = ModelChoice.named(BenchCommand.names[model] ?? model, input: input?.shape.dimensions)
    let shardSize = (1...min(16, batch)).last { batch.isMultiple(of: $0) }!
    // Four batches go round: enough that a step does not find its images in the cache.
    var recipe = Recipe(model: choice, data: DataChoice(train: "synthetic:\(4 * batch * ranks)"))
    recipe.batch = batch * ranks
    recipe.shards = shards ?? recipe.batch / shardSize
    recipe.memory = .balanced
    (recipe.optimizer.momentum, recipe.optimizer.weightDecay) = (0.9, 1e-4)
    return recipe
  }

  private var comparison: Comparison? { checks ? .checks : polling ? .polling : nil }

  private func plannedMemory(_ recipe: Recipe, ranks: Int) throws -> Int {
    let plan = try RunPlan(recipe, recipe.makeModel(for: recipe.describeData()))
    let isLaunched = LaunchEnvironment.current.hasLauncher
    return try plan.memory(ranks: ranks, threads: threads, isLaunched: isLaunched).map(\.bytes).max()!
  }

  /// The names of the peer's script.
  private static let names = ["small_cnn": "conv16-pool-conv32-pool-dense128-dense10"]
}
