import Datasets
import Foundation
import Synchronization
import TestSupport
import Testing
import Training

/// Validation data chooses, test data is looked at once.
@Suite(.serialized) struct ValidationTests {
  /// 1,000 digits: 700 to train on, 200 to validate on, 100 to test on.
  private func run(epochs: Int = 3) -> TrainingRun {
    var run = TrainingRun(model: "lenet5")
    run.recipe.data = DataChoice(train: TrainingRun.digits + ":/test")
    run.recipe.data.split = SplitChoice(validation: Share(0.2), test: Share(0.1))
    run.recipe.epochs = epochs
    return run
  }

  @Test func testDataIsLookedAtOnceAtTheEnd() throws {
    let folder = try TemporaryFolder()
    var run = run()
    run.recipe.checkpoint.keep.best = 1
    let steps = run.recipe.epochs * 10
    // Not yet at the end of the recipe.
    let first = try run.train(in: folder, steps: 25)[0]
    #expect(first.validation?.samples == 200 && first.test == nil && first.state.test == nil)
    #expect(
      first.state.history.allSatisfy { $0.test == nil && $0.validation?.samples == 200 && $0.training.samples == 700 })
    run.ranks = 3
    let summaries = try run.train(in: folder, steps: steps, resume: true)
    #expect(
      summaries.allSatisfy { $0.test?.samples == 100 && $0.test == summaries[0].test && $0.state == summaries[0].state }
    )
    let whole = try TemporaryFolder()
    run.ranks = 1
    let straight = try run.train(in: whole, steps: steps)[0]
    #expect(straight.weightsDigest == summaries[0].weightsDigest && straight.test == summaries[0].test)
    #expect(try Checkpoint.header(of: folder.path + "/last.h5").state.test == straight.test)
    // The best one is that of the highest validation accuracy, the first of them.
    let best = try Checkpoint.header(of: folder.path + "/best.h5").state
    let accuracies = straight.state.history.map { $0.validation!.accuracy! }
    #expect(best.history.count - 1 == accuracies.firstIndex(of: accuracies.max()!))
  }

  @Test func noSampleIsInTwoParts() throws {
    let recipe = run().recipe
    let whole = try openSource(recipe.data.train)
    let parts = try recipe.openData(SourceOptions())
    let sources = [parts.train, try #require(parts.validation), try #require(parts.test)]
    #expect(sources.map(\.count) == [700, 200, 100])
    var seen: [[UInt8]] = []
    for source in sources { for index in 0..<source.count { seen.append(try source.sample(index)) } }
    let all = try (0..<whole.count).map { try whole.sample($0) }
    #expect(Set(seen).count == Set(all).count && seen.count == all.count)
    for source in sources {
      var counts = Array(repeating: 0, count: 10)
      for index in 0..<source.count { counts[source.label(at: index)] += 1 }
      #expect(Set(counts) == [source.count / 10], "ten classes of equal size stay so")
    }
  }

  @Test(arguments: [
    (SplitChoice(validation: Share(0.001)), "'data.split.validation': 0.1% of the samples of every class of "),
    (SplitChoice(test: Share(0.999)), "'data.split' leaves a class of "),
  ])
  func sharesThatAreTooSmall(_ split: SplitChoice, _ start: String) throws {
    var run = run()
    run.recipe.data.split = split
    let folder = try TemporaryFolder()
    let error = #expect(throws: TrainingError.self) { try run.train(in: folder, steps: 1) }
    #expect(error?.description.hasPrefix(start) == true)
  }

  @Test(arguments: [
    (SplitChoice(), "data.split", "names no part"), (SplitChoice(test: Share(1)), "data.split.test", "is 100%, but"),
    (SplitChoice(validation: Share(0.5), test: Share(0.5)), "data.split", "leaves nothing to train on"),
  ])
  func impossibleSplits(_ split: SplitChoice, _ path: String, _ problem: String) {
    var recipe = run().recipe
    recipe.data.split = split
    let error = #expect(throws: RecipeError.self) { try recipe.validate() }
    #expect(error?.path == path && error?.problem.hasPrefix(problem) == true)
  }

  @Test func twoSetsOfOneKind() {
    var recipe = run().recipe
    recipe.data.test = "other"
    let error = #expect(throws: RecipeError.self) { try recipe.validate() }
    #expect(error?.description == "'data.split.test' and 'data.test' name two sets of data; give one of them.")
  }
}
