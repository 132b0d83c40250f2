import Communication
import Datasets
import Networks
import Tasks
import Tensors

/// The parts that a rank makes of a recipe by itself, before it meets the others.
struct TrainerParts {
  let recipe: Recipe
  let communicator: any Communicator
  /// Of the run.
  let folder: String
  let sources: TrainingSources
  let model: Recipe.Model
  /// The columns that the inputs take, in their order.
  let inputs: [String]
  /// Whose optimizer goes on; nil where it begins anew.
  let compiled: CompiledModel?
  /// Empty where they have none.
  let classNames: [String]
  let sampler: Sampler
  var stages: TrainingStages
  var losses: [TrainingLoss]
  let pool: WorkerPool
  /// What a person should know of the data and the model, in a sentence each.
  let notices: [String]
  var clock = StartUpClock()

  /// - Parameter given: as a configuration has it.
  init(
    _ given: Recipe, folder: String, placement: ThreadPlacement, communicator: any Communicator
  ) throws(TrainingError) {
    (self.communicator, self.folder) = (communicator, folder)
    do { try given.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    let compiled = try given.compiledModel()
    let choice = try given.preprocessingChoice()
    var recipe = try given.takingOver(compiled).settled(by: choice)
    do { try recipe.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    self.compiled = given.continuesOptimizer ? compiled : nil
    sources = try TrainingSources(recipe, rank: communicator.rank, of: communicator.size)
    recipe.preprocessing = sources.preprocessing
    let settled = recipe
    // More workers than shards would have nothing to do.
    let idle = recipe.idleNotice(threads: placement.threads, own: sources.shards.count, ranks: communicator.size)
    let placement = placement.limited(to: sources.shards.count)
    pool = WorkerPool(count: placement.threads, processors: placement.processors)
    let preparationNotices =
      [recipe.sizeNotice(sources.description)]
      + (sources.train.hasImage ? [choice.sentence(StoredNumbers(of: sources.train))] : [])
      + [choice.notice, idle, try recipe.groupNotice()].compactMap(\.self) + sources.notices
      + InputInspection(sources.train, recipe.preprocessing, hasWeights: choice.hasWeights).notices
    clock.end("data")
    var classes =
      try recipe.learnsLabels(sources.description)
      ? ClassInspection(
        training: sources.train, ownsHead: recipe.headFollowsData,
        isBalanced: recipe.data.sampling ?? .once != .once || recipe.weighsClasses) : nil
    if classes != nil, !recipe.headFollowsData, let own = try recipe.ownModel()?.graph, own.outputs.count == 1 {
      try classes?.requireCountedFromZero(outputs: own.outputShapes[0].channels, of: own.name)
    }
    model = try recipe.makeModel(for: sources.description)
    recipe = recipe.settled(for: model)
    self.recipe = recipe
    inputs = model.inputColumns!
    classNames = try recipe.classNames(of: sources.train.classNames)
    try recipe.requireTargets(sources.train, for: model.graph)
    if let loss = try recipe.losses(of: model.graph).first(where: \.isClassification) {
      try classes?.compare(
        outputs: model.graph.outputShapes[loss.node.outputs[0]].channels, of: model.graph.name,
        isMeant: recipe.finetune?.head?.classes != nil)
    }
    var compiledNotices: [String] = []
    if let compiled { compiledNotices = try given.notices(of: compiled, settled) }
    // Initializers of the author's own are no loss: the weights are the file's.
    let foreignSettings = model.graph.foreignSettings.filter { !$0.isInitializer }
    notices =
      preparationNotices + compiledNotices + (classes?.notices ?? []) + (model.pretrained?.notices ?? [])
      + foreignSettings.map(\.description) + recipe.adapted.map(\.notice) + recipe.unreadableNotices(folder: folder)
    for (source, preparation) in sources.measured {
      try recipe.requireTargets(source, for: model.graph)
      _ = try recipe.inputColumns(of: model.graph, DataDescription(source, preparation.columns, classes: 0))
    }
    sampler = Sampler(
      count: sources.train.count, batch: recipe.batch, shards: recipe.shards,
      shuffledBy: UInt64(bitPattern: Int64(recipe.seed)),
      draws: try SampleDraws.of(sources.train, recipe.data.sampling ?? .once))
    losses = try recipe.losses(of: model.graph)
    let measured = losses.emptyMetrics
    if let monitor = recipe.earlyStopping?.monitor, measured.isBetterHigher(recipe.earlyStopping!.score) == nil {
      throw TrainingError(
        .configuration,
        "'earlyStopping.monitor' is '\(monitor)', which this run does not measure"
          + measured.names.map { "val_\($0)" }.suggestion(for: monitor, reference: "'outputs' names what is measured"))
    }
    stages = try TrainingStages(recipe, model, stepsPerEpoch: sampler.batchesPerEpoch)
    let keepsFeatures = recipe.featureCache == .memory || recipe.featureCache == .file
    guard !keepsFeatures || stages.all.contains(where: { $0.trainedGraph.unchangingValue != nil }) else {
      throw TrainingError(
        .configuration,
        "'featureCache' is \(recipe.featureCache.rawValue), but no layer behind the input stays as it is; freeze some, "
          + "as in 'finetune', or remove it."
      )
    }
    clock.end("graph")
  }

  /// Collective.
  ///
  /// - Parameter arenaCount: floats of each network's memory.
  func makeRunner(_ plan: Plan, _ weights: Weights, arenaCount: Int) throws(TrainingError) -> any StepRunner {
    let tree = ShardTree(shards: recipe.shards)
    let seed = UInt64(bitPattern: Int64(recipe.seed))
    do {
      if recipe.keepsNetworks(plan) {
        return try GlobalStepRunner(
          plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
          seed: seed, recipe: recipe, losses: losses)
      }
      return try ShardStepRunner(
        plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
        seed: seed, recipe: recipe, losses: losses)
    } catch {
      throw TrainingError(.run, error.description)
    }
  }

  /// In the memory of the networks that train.
  ///
  /// - Parameters:
  ///   - source: validation or test data; nil where there is none.
  ///   - inputs: the columns that the plan's inputs take.
  func makeEvaluator(
    of source: (any DataSource)?, inputs: [String], _ preparation: Preparation?, _ plan: Plan, _ weights: Weights,
    in runner: any StepRunner
  ) -> Evaluator? {
    guard let source, let preparation else { return nil }
    return Evaluator(
      plan, weights: weights, losses: losses, source: source, inputs: inputs, preparation: preparation,
      communicator: communicator, shardSize: recipe.batch / recipe.shards,
      arenas: runner.networks.prefix(pool.count).map(\.arena))
  }
}
