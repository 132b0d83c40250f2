import Communication
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// The images over which batch normalisation takes its statistics.
@Suite(.serialized) struct NormalizationTests {
  /// Weights and states in Keras's order after some steps on one rank.
  private func weights(_ run: TrainingRun, steps: Int) throws -> [(path: String, values: [Float])] {
    let folder = try TemporaryFolder()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    var callbacks: [any Callback] = []
    _ = try trainer.train(maxSteps: steps, callbacks: &callbacks)
    return trainer.weights.table.entries.map { ($0.path, trainer.weights[$0].values) }
  }

  private func largestDifference(_ first: TrainingRun, _ second: TrainingRun, steps: Int) throws -> Float {
    let pairs = zip(try weights(first, steps: steps), try weights(second, steps: steps))
    return pairs.map { one, other in zip(one.values, other.values).map { abs($0 - $1) }.max() ?? 0 }.max()!
  }

  /// With global normalisation, shards train exactly as one batch: only rounding differs. With statistics by shard they
  /// do not.
  @Test func shardsWithGlobalNormalizationTrainAsOneBatch() throws {
    var whole = TrainingRun()
    whole.recipe.shards = 1
    var global = TrainingRun()
    global.recipe.normalization = .global
    let apart = TrainingRun()
    let same = try largestDifference(whole, global, steps: 3)
    let other = try largestDifference(whole, apart, steps: 3)
    #expect(same < 2e-3, "the largest difference of a weight is \(same)")
    #expect(other > 10 * same, "statistics by shard differ by \(other) only")
  }

  /// Running statistics are those of the whole batch in both modes, up to the change of the weights in the meantime:
  /// after one step the first layer's are the same.
  @Test func runningStatisticsArePooledOverAllShards() throws {
    let apart = TrainingRun()
    var whole = TrainingRun()
    whole.recipe.shards = 1
    let (first, second) = (try weights(apart, steps: 1), try weights(whole, steps: 1))
    for path in ["batch_normalization/moving_mean", "batch_normalization/moving_variance"] {
      let (one, other) = (first.first { $0.path == path }!.values, second.first { $0.path == path }!.values)
      for (value, expected) in zip(one, other) {
        #expect(abs(value - expected) <= 1e-5 * max(1, abs(expected)), "\(path)")
      }
    }
  }
}
