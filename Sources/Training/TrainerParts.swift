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
  /// How the test data runs through the graph; nil without such.
  let evaluationPlan: Plan?
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
    plan = try recipe.makePlan(graph)
    evaluationPlan = sources.test == nil ? nil : try Evaluator.makePlan(graph, shardSize: recipe.batch / recipe.shards)
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
          plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
          seed: seed, recipe: recipe)
      case .global:
        return try GlobalStepRunner(
          plan: plan, arenaCount: arenaCount, weights: weights, tree: tree, communicator: communicator, pool: pool,
          seed: seed, recipe: recipe)
      }
    } catch {
      throw TrainingError(.run, error.description)
    }
  }

  /// Evaluation works in the memory of the networks that train.
  func makeEvaluator(in runner: any StepRunner) -> Evaluator? {
    guard let test = sources.test, let preparation = sources.testPreparation, let evaluationPlan else { return nil }
    return Evaluator(
      evaluationPlan, weights: weights, source: test, preparation: preparation, communicator: communicator,
      shardSize: recipe.batch / recipe.shards, arenas: runner.networks.prefix(pool.count).map(\.arena))
  }

  /// Floats of each network's memory.
  private var arenaCount: Int { max(plan.arenaCount, evaluationPlan?.arenaCount ?? 0) }
}
