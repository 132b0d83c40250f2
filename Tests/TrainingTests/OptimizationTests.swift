import Communication
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Optimizers over whole networks: one step against its formula, and the same bits on any number of ranks and threads.
@Suite(.serialized) struct OptimizationTests {
  private struct Step {
    let before: [Float]
    let after: [Float]
    let table: ParameterTable

    func values(_ entry: ParameterTable.Entry) -> (before: [Double], after: [Double]) {
      (before[entry.range].map(Double.init), after[entry.range].map(Double.init))
    }
  }

  /// The first step of a small network, whose Dense kernel fills several blocks.
  private func step(_ change: (inout OptimizerChoice) -> Void) throws -> Step {
    var run = TrainingRun(model: "lenet5")
    run.recipe.optimizer = OptimizerChoice()
    run.recipe.optimizer.rate = 1
    change(&run.recipe.optimizer)
    let folder = try TemporaryFolder()
    let trainer = try Trainer(run.recipe, folder: folder.path, communicator: SingleCommunicator())
    let before = trainer.weights.trainable.values
    var callbacks: [any Callback] = []
    _ = try trainer.train(maxSteps: 1, callbacks: &callbacks)
    return Step(before: before, after: trainer.weights.trainable.values, table: trainer.weights.table)
  }

  private func norm(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  /// The gradients, as plain descent with rate 1 shows them.
  private func gradients() throws -> (step: Step, values: [Double]) {
    let step = try step { $0.name = .sgd }
    return (step, zip(step.before, step.after).map { Double($0) - Double($1) })
  }

  private func expectMoves(_ step: Step, _ wanted: (ParameterTable.Entry, [Double]) -> [Double]) {
    for entry in step.table.entries {
      let (before, after) = step.values(entry)
      let moves = zip(after, before).map(-)
      let expected = wanted(entry, before)
      let distance = zip(moves, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(distance <= 2e-5 * (norm(expected) + norm(before)) / Double(expected.count).squareRoot(), "\(entry.path)")
    }
  }

  @Test func larsScalesEveryKernel() throws {
    let gradients = try gradients().values
    let step = try step { ($0.name, $0.coefficient, $0.weightDecay) = (.lars, 0.02, 0.1) }
    expectMoves(step) { entry, weights in
      let own = Array(gradients[entry.range])
      guard entry.parameter.shape.count > 1 else { return own.map { -$0 } }
      let trust = 0.02 * norm(weights) / (norm(own) + 0.1 * norm(weights))
      return zip(own, weights).map { -trust * ($0 + 0.1 * $1) }
    }
  }

  @Test func lambMovesByTheNormOfTheWeights() throws {
    let gradients = try gradients().values
    let step = try step { ($0.name, $0.rate, $0.weightDecay, $0.epsilon) = (.lamb, 0.01, 0.1, 1e-3) }
    expectMoves(step) { entry, weights in
      let own = Array(gradients[entry.range])
      // After the first step the corrected moments are the gradient and its square; Adam's epsilon stands beside the
      // uncorrected root.
      guard entry.parameter.shape.count > 1 else {
        return own.map { -0.01 * $0 / (abs($0) + 1e-3 / (1 - 0.999).squareRoot()) }
      }
      let direction = zip(own, weights).map { $0 / (abs($0) + 1e-3) + 0.1 * $1 }
      return direction.map { -0.01 * norm(weights) / norm(direction) * $0 }
    }
  }

  @Test func clippingLimitsTheNormOrEachGradient() throws {
    let (plain, gradients) = try gradients()
    let whole = norm(plain.table.entries.flatMap { gradients[$0.range] })
    let byNorm = try step { $0.clipNorm = whole / 4 }
    expectMoves(byNorm) { entry, _ in gradients[entry.range].map { -$0 / 4 } }
    let limit = whole / 100
    let byValue = try step { $0.clipValue = limit }
    expectMoves(byValue) { entry, _ in gradients[entry.range].map { -min(max($0, -limit), limit) } }
    #expect(gradients.contains { abs($0) > limit })
    #expect(try step { $0.clipNorm = whole * 2 }.after == plain.after)
  }

  @Test(arguments: [OptimizerChoice.Name.lars, .lamb, .rmsprop])
  func ranksAndThreadsDoNotChangeTheWeights(name: OptimizerChoice.Name) throws {
    var run = TrainingRun(model: "lenet5")
    run.recipe.optimizer = OptimizerChoice()
    (run.recipe.optimizer.name, run.recipe.optimizer.clipNorm) = (name, 0.5)
    let expected = try run.digest(steps: 3)
    for (ranks, threads) in [(1, 3), (2, 1), (3, 2)] {
      (run.ranks, run.threads) = (ranks, threads)
      #expect(try run.digest(steps: 3) == expected, "\(ranks) ranks of \(threads) threads")
    }
  }
}
