import Communication
import Kernels
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Gradients that are kept as factors move the weights as gradients do, on any number of ranks and threads.
@Suite(.serialized) struct FactoredGradientTests {
  private func weights(_ run: TrainingRun, steps: Int) throws -> [(path: String, values: [Float])] {
    let folder = try TemporaryFolder()
    let trainer = Box<Trainer>()
    _ = try run.train(in: folder, steps: steps, began: { trainer.value = $0 })
    let weights = try #require(trainer.value).weights
    return weights.table.entries.map { ($0.path, weights[$0].values) }
  }

  /// With several optimizers, clipping, and shards without images at the end of an epoch.
  @Test(
    arguments: [
      { (_: inout Recipe) in }, { ($0.optimizer.name, $0.optimizer.momentum) = (.adam, 0) },
      { $0.optimizer.clipNorm = 0.01 },
      { ($0.optimizer.clipValue, $0.normalization) = (0.001, .global) }, { $0.gradients = .bfloat16 },
      { $0.reducer = .blocking },
    ] as [@Sendable (inout Recipe) -> Void])
  func weightsAreThoseOfPlainGradients(change: @Sendable (inout Recipe) -> Void) throws {
    var (factored, plain) = (TrainingRun.wide(), TrainingRun.wide(isFactored: false))
    change(&factored.recipe)
    change(&plain.recipe)
    if factored.recipe.gradients == .bfloat16 { plain.recipe.gradients = .float32 }
    (factored.ranks, factored.threads) = (2, 2)
    let (own, wanted) = (try weights(factored, steps: 3), try weights(plain, steps: 3))
    #expect(own.map(\.path) == wanted.map(\.path))
    for (first, second) in zip(own, wanted) {
      // The kernel's own vectors make plain gradients too where there is AVX-512; elsewhere BLAS rounds otherwise.
      let isExact = Processor.vectorFloats == 16 && factored.recipe.gradients == .float32
      let distance = zip(first.values, second.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      let isSame = first.values == second.values
      #expect(isExact ? isSame : distance < 2e-3, "\(first.path)")
    }
  }

  @Test(arguments: [Recipe.Normalization.shard, .global]) func ranksAndThreadsDoNotChangeTheWeights(
    normalization: Recipe.Normalization
  ) throws {
    var run = TrainingRun.wide(shards: 5)
    run.recipe.normalization = normalization
    let expected = try run.digest(steps: 3)
    for (ranks, threads) in [(1, 2), (2, 1), (3, 2), (5, 1)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 3) == expected, "\(ranks) ranks of \(threads) threads")
    }
  }

  /// 4,000 is not a multiple of 72: the last batch of an epoch leaves three shards empty.
  @Test func emptyShardsHaveNoGradients() throws {
    let (own, wanted) = (try weights(.wide(), steps: 57), try weights(.wide(isFactored: false), steps: 57))
    for (first, second) in zip(own, wanted) {
      let distance = zip(first.values, second.values).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      #expect(distance < 1e-3 && first.values.allSatisfy(\.isFinite), "\(first.path)")
    }
  }

  /// Layer-wise optimizers put directions where gradients are.
  @Test func layerwiseOptimizersKeepGradients() throws {
    func isFactored(_ name: OptimizerChoice.Name) throws -> Bool {
      var run = TrainingRun.wide()
      run.recipe.optimizer.name = name
      let graph = try run.recipe.makeModel(input: [28, 28, 1], classes: 10).graph
      return ParameterTable(graph).entries.contains { $0.parameter.isFactored }
    }
    #expect(try isFactored(.sgd) && isFactored(.adamw) && !isFactored(.lars) && !isFactored(.lamb))
  }

  /// All outputs are finite, but not the gradient of a kernel: the step is refused, and the kernel named.
  @Test(arguments: [true, false]) func gradientsThatOverflowAreFound(isFactored: Bool) throws {
    var run = TrainingRun.wide(isFactored: isFactored)
    guard case .layers(var layers, let input) = run.recipe.model else { return }
    let zeros: JSONValue = .object(["class_name": "Zeros", "config": .object([:])])
    let large: JSONValue = .object(["class_name": "RandomNormal", "config": .object(["stddev": 1e5])])
    layers[1] = .init(className: "Dense", values: ["units": 2048, "kernel_initializer": zeros])
    layers[3] = .init(className: "Dense", values: ["units": 10, "kernel_initializer": large])
    layers.insert(.init(className: "Rescaling", values: ["scale": 1.17e36]), at: 0)
    run.recipe.model = .layers(layers, input: input)
    run.ranks = 2
    let folder = try TemporaryFolder()
    #expect { try run.train(in: folder, steps: 2) } throws: {
      "\($0)".contains("all outputs are finite, but not the gradient of 'dense/kernel'")
    }
  }
}
