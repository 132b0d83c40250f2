import Communication
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// The words of a run on moving statistics that evaluation cannot rely on.
@Suite(.serialized) struct StatisticsLagTests {
  /// Keeps the sentences that a run says.
  private struct Listener: Callback {
    let sentences: Box<[String]>

    mutating func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .noticed(let sentence) = event { sentences.value = (sentences.value ?? []) + [sentence] }
      return .goOn
    }
  }

  /// Digits scaled so that the first moving statistics, 0 and 1, are far from the batch's.
  private func sentences(momentum: Double, epochs: Int, normalization: Recipe.Normalization = .shard) throws -> [String]
  {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 4, "kernel_size": 3, "strides": 2]),
        .init(className: "BatchNormalization", values: ["momentum": .number(momentum)]),
        .init(className: "ReLU"), .init(className: "Flatten"), .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    run.recipe.normalization = normalization
    (run.recipe.batch, run.recipe.shards, run.recipe.epochs) = (1000, 8, epochs)
    run.recipe.optimizer.rate = 0.01
    let folder = try TemporaryFolder()
    let sentences = Box<[String]>()
    _ = try run.train(in: folder, steps: .max, callbacks: { _ in [Listener(sentences: sentences)] })
    return (sentences.value ?? []).filter { $0.contains("moving statistics") }
  }

  @Test(arguments: [Recipe.Normalization.shard, .global])
  func statisticsThatLagAreNoticedEarlyAndAtTheEnd(normalization: Recipe.Normalization) throws {
    let said = try sentences(momentum: 0.99, epochs: 3, normalization: normalization)
    try #require(said.count == 2, "\(said)")
    #expect(said[0].hasPrefix("after 4 steps the moving statistics of 'batch_normalization' (momentum 0.99) are "))
    #expect(said[1].hasPrefix("after 12 steps ") && said[1].contains("give it a lower one, such as 0.9"))
  }

  @Test func statisticsThatKeepUpAreNotNoticed() throws {
    #expect(try sentences(momentum: 0.5, epochs: 3).isEmpty)
  }

  /// sqrt(shift^2 + (stage - 1)^2), the mean over the channels, by hand.
  @Test func lagIsTheDistanceOfTheNormalizedValues() throws {
    let graph = try Sequential("lag", input: [1, 1, 2]) { BatchNormalization(momentum: 0.75, epsilon: 0) }.graph()
    let plan = try Planner().plan(graph, lanes: 16, mode: .training)
    let weights = Weights(ParameterTable(graph))
    for (name, values) in [("moving_mean", [1, 0] as [Float]), ("moving_variance", [4, 1])] {
      weights[try #require(weights.table.entries.first { $0.path.hasSuffix(name) })].replace(with: values)
    }
    let network = Network(plan, weights: weights)
    // Eight elements: means 3 and 0.5, variances 1 and 1.
    network.moments.counts.replace(with: [8, 8])
    network.moments.means.replace(with: [3, 0.5])
    network.moments.squaredDeviations.replace(with: [8, 8])
    let largest = try #require(network.largestStatisticsLag(behind: network.moments))
    let expected = ((1.0 + 0.25).squareRoot() + 0.5) / 2
    #expect(abs(largest.lag.deviations - expected) < 1e-6 && largest.lag.momentum == 0.75)
  }
}
