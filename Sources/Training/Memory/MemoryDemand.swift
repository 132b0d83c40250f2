import Communication
import Datasets
import Networks

/// The memory that each rank of a run needs: from a recipe, the data, and the workers that the ranks have.
struct MemoryDemand {
  private let plans: [StagePlan]
  private let recipe: Recipe
  private let sources: TrainingSources
  private let steps: Int

  /// - Parameters:
  ///   - plans: of the stages that must fit, each by itself.
  ///   - steps: of the whole run.
  init(_ plans: [StagePlan], _ recipe: Recipe, _ sources: TrainingSources, steps: Int) {
    (self.plans, self.recipe, self.sources, self.steps) = (plans, recipe, sources, steps)
  }

  /// The demand of another recipe on the same data, planned anew; nil where it cannot be run.
  ///
  /// - Parameter stages: positions in the stages of the other recipe.
  init?(replanning recipe: Recipe, _ sources: TrainingSources, stages: [Int], ranks: Int) {
    guard ranks <= recipe.shards, (try? recipe.validate()) != nil else { return nil }
    let stepsPerEpoch = (sources.train.count + recipe.batch - 1) / recipe.batch
    guard let model = try? recipe.makeModel(for: sources.description),
      let stagesOfOther = try? TrainingStages(recipe, model, stepsPerEpoch: stepsPerEpoch),
      stages.allSatisfy(stagesOfOther.all.indices.contains)
    else { return nil }
    let plans = stages.compactMap {
      try? StagePlan(stagesOfOther.all[$0], recipe, sources, stepsPerEpoch: stepsPerEpoch)
    }
    guard plans.count == stages.count else { return nil }
    self.init(plans, recipe, sources, steps: stagesOfOther.steps)
  }

  /// Bytes of each rank.
  ///
  /// - Parameter threads: of each, before they are limited to its shards.
  func needed(threads: [Int]) -> [Int] { estimates(threads: threads).map(\.bytes) }

  /// The largest of each rank.
  func estimates(threads: [Int]) -> [MemoryEstimate] {
    let tree = ShardTree(shards: recipe.shards)
    let isLaunched = LaunchEnvironment.current.hasLauncher
    return threads.indices.map { rank in
      let shards = tree.shards(ofRank: rank, of: threads.count)
      let all = plans.map {
        MemoryEstimate(
          recipe, $0, sources, shards: shards, steps: steps, ranks: threads.count, threads: threads[rank],
          isLaunched: isLaunched)
      }
      return all.max { $0.bytes < $1.bytes }!
    }
  }
}
