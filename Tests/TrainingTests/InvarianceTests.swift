import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Ranks, threads, reducers and interruptions change nothing: the same bits.
@Suite(.serialized) struct InvarianceTests {
  @Test func ranksAndThreadsDoNotChangeTheWeights() throws {
    var run = TrainingRun()
    let expected = try run.digest(steps: 4)
    for (ranks, threads) in [(1, 2), (2, 1), (2, 2), (3, 1), (4, 2), (8, 1)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 4) == expected, "\(ranks) ranks of \(threads) threads")
    }
  }

  @Test func ranksAndThreadsDoNotChangeGlobalNormalization() throws {
    var run = TrainingRun()
    run.recipe.normalization = .global
    let expected = try run.digest(steps: 3)
    for (ranks, threads) in [(1, 3), (2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 3) == expected, "\(ranks) ranks of \(threads) threads")
    }
  }

  @Test func reducersAgree() throws {
    var run = TrainingRun()
    run.ranks = 2
    let overlapped = try run.digest(steps: 3)
    run.recipe.reducer = .blocking
    #expect(try run.digest(steps: 3) == overlapped)
  }

  /// The last batch of an epoch is partial: 4,000 is not a multiple of 72. Dropout is keyed by step and sample.
  @Test func aRunGoesOnAcrossEpochsOnOtherRanks() throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.optimizer.name = .adam
    run.recipe.optimizer.momentum = 0
    let whole = try run.digest(steps: 60)
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 37)
    run.ranks = 3
    _ = try run.train(in: folder, steps: 55, resume: true)
    (run.ranks, run.threads) = (2, 2)
    let summary = try run.train(in: folder, steps: 60, resume: true)[0]
    #expect(summary.weightsDigest == whole)
    #expect(summary.state.step == 60 && summary.state.samples == 4000 + 4 * 72)
    #expect(summary.state.history.count == 1)
    #expect(summary.state.history[0].training.samples == 4000)
  }

  @Test func seedsMatter() throws {
    var run = TrainingRun(model: "lenet5")
    let first = try run.digest(steps: 2)
    run.recipe.seed = 1
    #expect(try run.digest(steps: 2) != first)
  }

  /// Two enlarged digits to a shard, which are cut into strips.
  @Test(arguments: [Recipe.Normalization.shard, .global])
  func ranksDoNotChangeWhatIsCutIntoStrips(normalization: Recipe.Normalization) throws {
    var run = TrainingRun()
    func convolution(_ filters: JSONValue) -> [ModelChoice.LayerChoice] {
      [
        .init(className: "Conv2D", values: ["filters": filters, "kernel_size": 3, "padding": "same"]),
        .init(className: "BatchNormalization"), .init(className: "ReLU"),
      ]
    }
    var layers: [ModelChoice.LayerChoice] = [.init(className: "UpSampling2D", values: ["size": 4])]
    layers += convolution(16)
    layers += convolution(48)
    layers.append(.init(className: "MaxPooling2D"))
    layers += convolution(32)
    layers.append(.init(className: "GlobalAveragePooling2D"))
    layers.append(.init(className: "Dense", values: ["units": 10]))
    run.recipe.model = .layers(layers, input: [28, 28, 1])
    (run.recipe.batch, run.recipe.shards, run.recipe.normalization) = (8, 4, normalization)
    let graph = try run.recipe.makeModel(input: [28, 28, 1], classes: 10).graph
    #expect(try run.recipe.makeEvaluationPlan(graph).strips > 4)
    let expected = try run.digest(steps: 2)
    for ranks in [2, 3, 4] {
      run.ranks = ranks
      #expect(try run.digest(steps: 2) == expected, "\(ranks) ranks")
    }
  }
}
