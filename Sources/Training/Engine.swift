import Communication
import Networks
import Tensors

/// What of a run depends on which layers are trained: weights, slots, plan, networks and what moves the weights. One for
/// each stretch; the next one takes over the weights, and the slots of the layers that stay.
final class Engine: @unchecked Sendable {
  let stretch: Stretch
  let weights: Weights
  let slots: [Buffer]
  let plan: Plan
  let runner: any StepRunner
  /// Of what is measured after every epoch.
  let evaluator: Evaluator?
  /// Of test data that is not looked at before the end.
  let testEvaluator: Evaluator?
  let regularization: Regularization?
  /// Nil until the weights are there.
  private(set) var frozen: FrozenSet?
  private let updater: WeightUpdater

  /// Weights are zero until they are set. Collective: throws on all ranks if it throws on one.
  init(_ parts: TrainerParts, _ stretch: Stretch, _ vote: Vote) throws(TrainingError) {
    let (recipe, pool) = (parts.recipe, parts.pool)
    self.stretch = stretch
    let weights = Weights(ParameterTable(stretch.graph))
    let (plan, evaluation) = try vote.agree { () throws(TrainingError) in
      (
        try recipe.makePlan(stretch.trainedGraph),
        parts.sources.monitored == nil ? nil : try Evaluator.makePlan(stretch.graph, shardSize: recipe.batch / recipe.shards)
      )
    }
    slots = (0..<recipe.optimizer.make().slotCount).map { [count = weights.table.trainableCount] _ in Buffer(count: count) }
    (self.weights, self.plan) = (weights, plan)
    let runner = try parts.makeRunner(plan, weights, arenaCount: max(plan.arenaCount, evaluation?.arenaCount ?? 0))
    self.runner = runner
    // Evaluation works in the memory of the networks that train.
    evaluator = evaluation.flatMap { parts.makeEvaluator(of: parts.sources.monitored, $0, weights, in: runner) }
    testEvaluator = parts.sources.validation == nil
      ? nil : evaluation.flatMap { parts.makeEvaluator(of: parts.sources.test, $0, weights, in: runner) }
    regularization = Regularization(weights)
    updater = WeightUpdater(
      recipe.optimizer, weights: weights, gradients: runner.gradients, slots: slots, pool: pool, rates: stretch.rates,
      firstSteps: stretch.firstSteps)
  }

  /// The weights and slots are set from now on.
  func begin() {
    frozen = FrozenSet(weights, plan)
    runner.network.prepare()
  }

  /// Takes over all weights of the stretch before, and the slots of what was trained there already.
  func adopt(_ weights: Weights, _ slots: [Buffer]) {
    for (entry, old) in zip(self.weights.table.entries, weights.table.entries) {
      precondition(entry.path == old.path, "the model is the same")
      self.weights[entry].copy(from: weights[old])
      guard entry.parameter.kind == .trainable, old.parameter.kind == .trainable else { continue }
      for (slot, oldSlot) in zip(self.slots, slots) { slot[entry.range].copy(from: oldSlot[old.range]) }
    }
  }

  func update(rate: Float, step: Int) {
    updater.update(rate: rate, step: step)
    runner.network.updateStates(by: runner.moments)
  }
}
