import Communication
import Datasets
import Networks

/// The work of a run, from its recipe alone: one plan for each of its stages, and the memory that they take.
public struct RunPlan: Sendable {
  private let recipe: Recipe
  private let model: Graph
  private let hasData: Bool
  package let stages: [StagePlan]

  /// - Parameter hasData: whether the data is there. Without it the lengths of epochs are not known, and neither is the
  ///   memory.
  public init(_ recipe: Recipe, _ model: Recipe.Model, hasData: Bool = true) throws(TrainingError) {
    let recipe = try recipe.takingOver(recipe.compiledModel()).settled(for: model)
    (self.recipe, self.model, self.hasData) = (recipe, model.graph, hasData)
    let sources = hasData ? try TrainingSources(recipe, rank: 0, of: 1) : nil
    let stepsPerEpoch = sources.map { ($0.train.count + recipe.batch - 1) / recipe.batch } ?? 1
    let all = try TrainingStages(recipe, model, stepsPerEpoch: stepsPerEpoch).all
    stages = try all.map { stage throws(TrainingError) in
      try StagePlan(stage, recipe, sources, stepsPerEpoch: stepsPerEpoch)
    }
  }

  /// What `convoy train` says where the stage begins; nil without fine-tuning.
  package func sentence(_ stage: StagePlan) -> String? { stage.sentence(recipe, model, hasSteps: hasData) }

  /// The memory of a rank in each stage. The data must be there.
  ///
  /// - Parameters:
  ///   - threads: workers of a rank, before they are limited to its shards.
  ///   - isLaunched: whether a launcher starts the ranks, so that a single one has MPI too.
  public func memory(ranks: Int, threads: Int, isLaunched: Bool) throws(TrainingError) -> [MemoryEstimate] {
    let sources = try TrainingSources(recipe, rank: 0, of: ranks)
    let shards = ShardTree(shards: recipe.shards).shards(ofRank: 0, of: ranks)
    let steps = stages.last!.stage.steps.upperBound
    return stages.map {
      MemoryEstimate(
        recipe, $0, sources, shards: shards, steps: steps, ranks: ranks, threads: threads, isLaunched: isLaunched)
    }
  }
}
