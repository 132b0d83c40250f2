import Communication
import Datasets
import Networks
import Tensors

/// What a rank makes of a recipe by itself, before it meets the others.
struct TrainerParts {
  let recipe: Recipe
  let communicator: any Communicator
  let sources: TrainingSources
  let graph: Graph
  let weights: Weights
  let plan: Plan
  let pool: WorkerPool
  private(set) var clock = StartUpClock()

  init(_ recipe: Recipe, placement: ThreadPlacement, communicator: any Communicator) throws(TrainingError) {
    (self.recipe, self.communicator) = (recipe, communicator)
    do { try recipe.validate() } catch { throw TrainingError(.configuration, "\(error.description)") }
    sources = try TrainingSources(recipe, rank: communicator.rank, of: communicator.size)
    // More workers than shards would have nothing to do.
    let placement = placement.limited(to: sources.shards.count)
    pool = WorkerPool(count: placement.threads, processors: placement.processors)
    clock.end("data")
    let model = try recipe.makeModel(input: sources.train.shape, classes: sources.classes)
    graph = model.graph
    clock.end("graph")
    guard graph.hasTrainableParameters else {
      throw TrainingError(
        .configuration, "every layer of the model '\(graph.name)' is frozen or has no parameters; let one be trained.")
    }
    weights = Weights(ParameterTable(graph))
    try model.initialize(weights, seed: recipe.seed, in: pool)
    clock.end("weights")
    do {
      plan = try Planner().plan(
        graph.removingFinalSoftmax() ?? graph, lanes: Layout.lanes(forImages: recipe.batch / recipe.shards), mode: .training)
    } catch {
      throw TrainingError(.configuration, error.description)
    }
    clock.end("plan")
  }

  /// Collective.
  func makeRunner() throws(TrainingError) -> any StepRunner {
    let tree = ShardTree(shards: recipe.shards)
    let seed = UInt64(bitPattern: Int64(recipe.seed))
    do {
      switch recipe.normalization {
      case .shard:
        return try ShardStepRunner(
          plan: plan, weights: weights, tree: tree, communicator: communicator, pool: pool, seed: seed, recipe: recipe)
      case .global:
        return try GlobalStepRunner(
          plan: plan, weights: weights, tree: tree, communicator: communicator, pool: pool, seed: seed, recipe: recipe)
      }
    } catch {
      throw TrainingError(.run, error.description)
    }
  }

  func makeEvaluator() throws(TrainingError) -> Evaluator? {
    guard let test = sources.test, let preparation = sources.testPreparation else { return nil }
    return try Evaluator(
      graph, weights: weights, source: test, preparation: preparation, communicator: communicator,
      shardSize: recipe.batch / recipe.shards, threads: pool.count)
  }
}
