import Communication
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Batch renormalisation trains as everything else does: the same bits for every number of ranks and threads, and after
/// a checkpoint; the statistics of all shards together.
@Suite(.serialized) struct RenormalizationTests {
  private func run(_ normalization: Recipe.Normalization, shards: Int = 8) -> TrainingRun {
    var run = TrainingRun()
    run.recipe.model = .layers(
      [
        .init(className: "Conv2D", values: ["filters": 6, "kernel_size": 3, "strides": 3]),
        .init(
          className: "BatchNormalization",
          values: [
            "momentum": 0.8, "renorm": true, "renorm_momentum": 0.7,
            "renorm_clipping": .object(["rmax": 1.5, "rmin": 0.5, "dmax": 0.4]),
          ]),
        .init(className: "ReLU"), .init(className: "Flatten"), .init(className: "Dense", values: ["units": 10]),
      ], input: [28, 28, 1])
    run.recipe.normalization = normalization
    run.recipe.shards = shards
    return run
  }

  @Test(arguments: [Recipe.Normalization.shard, .global])
  func ranksThreadsAndInterruptionsChangeNothing(_ normalization: Recipe.Normalization) throws {
    var run = run(normalization)
    let expected = try run.digest(steps: 4)
    for (ranks, threads) in [(1, 2), (2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 4) == expected, "\(ranks) ranks of \(threads) threads")
    }
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 2)
    run.ranks = 1
    #expect(try run.train(in: folder, steps: 4, resume: true)[0].weightsDigest == expected)
  }

  /// Weights and statistics after some steps, by path.
  private func weights(_ run: TrainingRun, steps: Int) throws -> [String: [Float]] {
    let folder = try TemporaryFolder()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    var callbacks: [any Callback] = []
    _ = try trainer.train(maxSteps: steps, callbacks: &callbacks)
    return Dictionary(uniqueKeysWithValues: trainer.weights.table.entries.map { ($0.path, trainer.weights[$0].values) })
  }

  private func distance(_ first: [String: [Float]], _ second: [String: [Float]], _ path: String) -> Float {
    zip(first[path]!, second[path]!).map { abs($0 - $1) / max(1, abs($1)) }.max()!
  }

  /// Every statistic is that of the batch, however it is cut; with global normalisation, so are all weights.
  @Test func statisticsArePooledOverAllShards() throws {
    let (whole, apart) = (try weights(run(.shard, shards: 1), steps: 1), try weights(run(.shard), steps: 1))
    let statistics = ["moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"]
    for name in statistics { #expect(distance(apart, whole, "batch_normalization/\(name)") <= 1e-5, "\(name)") }
    #expect(distance(apart, whole, "conv2d/kernel") > 1e-4)
    let (all, pooled) = (try weights(run(.shard, shards: 1), steps: 3), try weights(run(.global), steps: 3))
    for path in all.keys { #expect(distance(pooled, all, path) < 1e-4, "\(path)") }
  }
}
