import Communication
import Networks
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

/// Regularizers move the weights and the loss as Keras's do, on any number of ranks and threads.
@Suite(.serialized) struct RegularizationTests {
  /// Keeps the loss of the first step.
  private struct Watcher: Callback {
    final class Loss: Sendable { let value = Mutex(Double.nan) }
    let loss = Loss()

    func handle(_ event: TrainingEvent, _ report: borrowing TrainingReport) -> Directive {
      if case .step = event { loss.value.withLock { $0 = report.metrics.loss } }
      return .goOn
    }
  }

  private struct Step {
    let loss: Double
    let before: [Float]
    let after: [Float]
    let table: ParameterTable
  }

  /// One step of plain descent.
  private func step(isRegularized: Bool) throws -> Step {
    var run = TrainingRun.regularized(isRegularized)
    run.recipe.optimizer.momentum = 0
    let folder = try TemporaryFolder()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    let before = trainer.weights.trainable.values
    let watcher = Watcher()
    var callbacks: [any Callback] = [watcher]
    _ = try trainer.train(maxSteps: 1, callbacks: &callbacks)
    return Step(
      loss: watcher.loss.value.withLock { $0 }, before: before, after: trainer.weights.trainable.values,
      table: trainer.weights.table)
  }

  @Test func aStepAddsTermAndGradient() throws {
    let (plain, regularized) = (try step(isRegularized: false), try step(isRegularized: true))
    #expect(plain.before == regularized.before)
    var expected = plain.after.map(Double.init)
    var term = 0.0
    var paths: [String] = []
    for entry in regularized.table.entries {
      guard let regularizer = entry.parameter.regularizer else { continue }
      paths.append(entry.path)
      for index in entry.range {
        let weight = Double(plain.before[index])
        term += regularizer.l1 * abs(weight) + regularizer.l2 * weight * weight
        let sign = weight > 0 ? 1.0 : weight < 0 ? -1 : 0
        expected[index] -= 0.05 * (regularizer.l1 * sign + 2 * regularizer.l2 * weight)
      }
    }
    let norm = "batch_normalization"
    #expect(paths == ["conv2d/kernel", "\(norm)/gamma", "\(norm)/beta", "dense/kernel", "dense/bias"])
    #expect(term > 0.1 && abs(regularized.loss - plain.loss - term) < 1e-9 * term)
    for (after, wanted) in zip(regularized.after, expected) { #expect(abs(Double(after) - wanted) <= 1e-6) }
  }

  @Test(arguments: Recipe.Normalization.allCases)
  func ranksAndThreadsDoNotChangeTheWeights(normalization: Recipe.Normalization) throws {
    var run = TrainingRun.regularized()
    run.recipe.normalization = normalization
    let expected = try run.digest(steps: 3)
    for (ranks, threads) in [(1, 3), (2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 3) == expected, "\(ranks) ranks of \(threads) threads")
    }
  }

  @Test func aCheckpointKeepsThem() throws {
    let run = TrainingRun.regularized()
    let whole = try run.digest(steps: 4)
    let folder = try TemporaryFolder()
    _ = try run.train(in: folder, steps: 2)
    #expect(try run.train(in: folder, steps: 4, resume: true)[0].weightsDigest == whole)
    var continued = run
    continued.recipe.model = .file(folder.path + "/last.h5")
    let model = try continued.recipe.makeModel(input: [28, 28, 1], classes: 10)
    #expect(model.graph.nodes.flatMap(\.signature.parameters).compactMap(\.regularizer).count == 5)
  }

  /// Two steps without batch norm, with costs of activations: however the batch is cut, loss and weights are the same.
  @Test func costsOfActivationsAreThoseOfTheBatch() throws {
    func run(shards: Int, _ factors: [String: JSONValue]) -> TrainingRun {
      var run = TrainingRun()
      run.recipe.model = .layers(
        [
          .init(
            className: "Conv2D",
            values: [
              "filters": 4, "kernel_size": 3, "strides": 3, "activation": "tanh",
              "activity_regularizer": .object(["class_name": "L1L2", "config": .object(factors)]),
            ]),
          .init(className: "Flatten"), .init(className: "Dense", values: ["units": 10]),
        ], input: [28, 28, 1])
      run.recipe.shards = shards
      return run
    }
    func steps(_ run: TrainingRun) throws -> (loss: Double, weights: [Float]) {
      let folder = try TemporaryFolder()
      let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
      let watcher = Watcher()
      var callbacks: [any Callback] = [watcher]
      _ = try trainer.train(maxSteps: 2, callbacks: &callbacks)
      return (watcher.loss.value.withLock { $0 }, trainer.weights.trainable.values)
    }
    let factors: [String: JSONValue] = ["l1": 0.02, "l2": 0.1]
    let (whole, parts, free) = (
      try steps(run(shards: 1, factors)), try steps(run(shards: 8, factors)), try steps(run(shards: 8, [:]))
    )
    #expect(abs(whole.loss - parts.loss) < 1e-5 * whole.loss && whole.loss > free.loss + 0.1)
    for (one, other) in zip(whole.weights, parts.weights) { #expect(abs(one - other) < 1e-5) }
    var shared = run(shards: 8, factors)
    let digest = try shared.digest(steps: 2)
    (shared.ranks, shared.threads) = (3, 2)
    #expect(try shared.digest(steps: 2) == digest)
  }
}
