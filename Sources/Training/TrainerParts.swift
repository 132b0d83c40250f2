import Communication
import Datasets
import Networks
import Tensors

/// What a rank makes of a recipe by itself, before it meets the others.
struct TrainerParts {
  let recipe: Recipe
  let communicator: any Communicator
  /// Of the run.
  let folder: String
  let sources: TrainingSources
  let model: Recipe.Model
  /// Empty where they have none.
  let classNames: [String]
  let sampler: Sampler
  let course: Course
  let objective: Objective
  let pool: WorkerPool
  /// What a person should know of the data and the model, in a sentence each.
  let notices: [String]
  var clock = StartUpClock()

  init(
    _ recipe: Recipe, folder: String, placement: ThreadPlacement, communicator: any Communicator
  ) throws(TrainingError) {
    (self.recipe, self.communicator, self.folder) = (recipe, communicator, folder)
    do { try recipe.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    sources = try TrainingSources(recipe, rank: communicator.rank, of: communicator.size)
    // More workers than shards would have nothing to do.
    let placement = placement.limited(to: sources.shards.count)
    pool = WorkerPool(count: placement.threads, processors: placement.processors)
    let dataNotices =
      recipe.finetune == nil ? [] : recipe.preparationNotices + InputInspection(sources.train, recipe.preprocessing).notices
    clock.end("data")
    model = try recipe.makeModel(input: sources.train.shape, classes: sources.classes)
    // The weights are the file's, whatever they were drawn by.
    notices = dataNotices + [model.pretrained?.orderNotice].compactMap(\.self) + model.graph.foreignSettings.filter { !$0.isInitializer }.map(\.description)
    classNames = try recipe.classNames(of: sources.train.classNames)
    try recipe.requireLabels(sources.train, for: model.graph)
    for source in [sources.validation, sources.test].compactMap(\.self) { try recipe.requireLabels(source, for: model.graph) }
    sampler = Sampler(
      count: sources.train.count, batch: recipe.batch, shards: recipe.shards,
      shuffledBy: UInt64(bitPattern: Int64(recipe.seed)))
    objective = try Objective(training: recipe, on: sources.train, model.graph)
    course = try Course(recipe, model, stepsPerEpoch: sampler.batchesPerEpoch)
    let keepsFeatures = recipe.featureCache == .memory || recipe.featureCache == .file
    guard !keepsFeatures || course.stretches.contains(where: { $0.trainedGraph.unchangingValue != nil }) else {
      throw TrainingError(
        .configuration, "'featureCache' is \(recipe.featureCache.rawValue), but no layer behind the input stays as it is; freeze some, as in 'finetune', or remove it.")
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
      switch recipe.normalization {
      case .shard:
        return try ShardStepRunner(
          plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
          seed: seed, recipe: recipe, objective: objective)
      case .global:
        return try GlobalStepRunner(
          plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
          seed: seed, recipe: recipe, objective: objective)
      }
    } catch {
      throw TrainingError(.run, error.description)
    }
  }

  /// In the memory of the networks that train.
  ///
  /// - Parameter source: validation or test data; nil where there is none.
  func makeEvaluator(
    of source: (any DataSource)?, _ preparation: Preparation?, _ plan: Plan, _ weights: Weights, in runner: any StepRunner
  ) -> Evaluator? {
    guard let source, let preparation else { return nil }
    return Evaluator(
      plan, weights: weights, objective: Objective(evaluating: recipe, model.graph), source: source, preparation: preparation,
      communicator: communicator,
      shardSize: recipe.batch / recipe.shards, arenas: runner.networks.prefix(pool.count).map(\.arena))
  }
}
