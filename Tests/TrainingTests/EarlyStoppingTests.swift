import Foundation
import TestSupport
import Testing
import Training

@Suite(.serialized) struct EarlyStoppingTests {
  private func history(_ losses: [Double]) -> [EpochRecord] {
    losses.enumerated().map { index, loss in
      EpochRecord(
        epoch: index + 1, step: 10 * (index + 1), training: Metrics(),
        validation: Metrics(lossSum: loss, correct: 0, samples: 1), test: nil, rate: 0)
    }
  }

  private func criterion(patience: Int, minDelta: Double = 0) -> BestEpoch {
    var recipe = TrainingRun().recipe
    var choice = EarlyStoppingChoice(patience: patience)
    choice.minDelta = minDelta
    recipe.earlyStopping = choice
    return BestEpoch(recipe)
  }

  @Test func patienceCountsFromTheBestEpoch() {
    let best = criterion(patience: 2)
    #expect(best.index(in: []) == nil && !best.isOver([], since: 0))
    #expect(best.index(in: history([3, 2, 2, 2.5])) == 1)
    #expect(!best.isOver(history([3, 2, 2]), since: 0) && best.isOver(history([3, 2, 2, 2.5]), since: 0))
    // Epochs of earlier phases do not count.
    #expect(!best.isOver(history([3, 2, 2, 2.5]), since: 30))
    // Not a number is no improvement.
    #expect(best.index(in: history([.nan, 3, .nan])) == 1)
    #expect(best.isOver(history([.nan, .nan]), since: 0))
  }

  @Test func smallImprovementsAreNone() {
    #expect(criterion(patience: 2, minDelta: 0.5).index(in: history([3, 2.6, 2.4, 2])) == 2)
    #expect(criterion(patience: 3, minDelta: 0.5).isOver(history([3, 2.9, 2.8, 2.7]), since: 0))
  }

  private func run() -> TrainingRun {
    var run = TrainingRun(model: "lenet5")
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.2), test: Share(0.1))
    run.recipe.epochs = 9
    var choice = EarlyStoppingChoice(patience: 2)
    // Nothing improves on the first epoch that much.
    (choice.monitor, choice.minDelta) = ("accuracy", 1)
    run.recipe.earlyStopping = choice
    return run
  }

  @Test func theRunStopsWithTheWeightsOfItsBestEpoch() throws {
    let folder = try TemporaryFolder()
    var run = run()
    let summary = try run.train(in: folder, steps: 1000)[0]
    #expect(summary.state.isStopped && summary.state.history.count == 3 && summary.state.restoredEpoch == 1)
    #expect(summary.test?.samples == 100)
    var short = run
    short.recipe.earlyStopping = nil
    #expect(try short.digest(steps: 10) == summary.weightsDigest, "ten steps are an epoch")
    // Stopped in the middle and on other ranks it ends the same; once it is over, nothing more happens.
    let other = try TemporaryFolder()
    run.ranks = 2
    _ = try run.train(in: other, steps: 17)
    run.ranks = 3
    let resumed = try run.train(in: other, steps: 1000, resume: true)
    #expect(resumed.allSatisfy { $0.weightsDigest == summary.weightsDigest && $0.state == summary.state })
    let again = try run.train(in: other, steps: 1000, resume: true)[0]
    #expect(again.weightsDigest == summary.weightsDigest && again.state == summary.state)
  }

  @Test func withTheAverageOfTheWeights() throws {
    let folder = try TemporaryFolder()
    var run = run()
    run.recipe.average = AverageChoice(decay: 0.9)
    let summary = try run.train(in: folder, steps: 1000)[0]
    #expect(summary.state.restoredEpoch == 1)
    run.recipe.earlyStopping = nil
    #expect(try run.digest(steps: 10) == summary.weightsDigest, "the average after the first epoch")
  }

  @Test func theLastWeightsStayWhereThatIsWanted() throws {
    let folder = try TemporaryFolder()
    var run = run()
    run.recipe.earlyStopping?.restoreBest = false
    let summary = try run.train(in: folder, steps: 1000)[0]
    #expect(summary.state.isStopped && summary.state.restoredEpoch == nil)
    run.recipe.earlyStopping = nil
    #expect(try run.digest(steps: 30) == summary.weightsDigest)
  }
}
