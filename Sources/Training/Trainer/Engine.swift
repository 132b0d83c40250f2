import Communication
import Datasets
import Kernels
import Networks
import Tensors

/// The part of a run that depends on which layers are trained: weights, slots, plan, networks and what moves the
/// weights. One for each stage; the next one takes over the weights, and the slots of the layers that stay.
final class Engine: @unchecked Sendable {
  let stagePlan: StagePlan
  let weights: Weights
  /// The optimizer's, and behind them the average of the weights where one is kept.
  let slots: [Buffer]
  let average: AverageChoice?
  let runner: any StepRunner
  /// What is computed once instead of in every step; nil where that is nothing.
  let features: FeatureCache?
  /// Of what is measured after every epoch; with features, once these are there.
  private(set) var evaluator: Evaluator?
  /// Of test data that is not looked at before the end.
  private(set) var testEvaluator: Evaluator?
  let regularization: Regularization?
  /// Nil until the weights are there.
  private(set) var frozen: FrozenSet?
  private let updater: WeightUpdater
  /// Whether weights and their average have changed places.
  private(set) var isExchanged = false

  var stage: TrainingStage { stagePlan.stage }
  var plan: Plan { stagePlan.plan }

  /// Weights are zero until they are set. Collective: throws on all ranks if it throws on one.
  ///
  /// - Parameter stagePlan: whose memory has been found to be there.
  init(_ parts: TrainerParts, _ stagePlan: StagePlan, _ vote: Vote) throws(TrainingError) {
    let (recipe, pool, stage) = (parts.recipe, parts.pool, stagePlan.stage)
    let weights = Weights(ParameterTable(stage.graph))
    let features = try vote.agree { () throws(TrainingError) in
      try stagePlan.features.map { features throws(TrainingError) in try FeatureCache(parts, stage, features) }
    }
    let (plan, evaluation) = (stagePlan.plan, stagePlan.evaluation)
    (self.stagePlan, self.features) = (stagePlan, features)
    average = recipe.average
    let slots = (0..<recipe.slotCount).map { [count = weights.table.trainableCount] _ in Buffer(count: count) }
    self.slots = slots
    self.weights = weights
    let runner = try parts.makeRunner(plan, weights, arenaCount: max(plan.arenaCount, evaluation?.arenaCount ?? 0))
    self.runner = runner
    regularization = Regularization(weights)
    updater = WeightUpdater(
      recipe.optimizer, weights: weights, gradients: runner.gradients, factors: runner.factors,
      slots: Array(slots.prefix(recipe.optimizer.make().slotCount)), pool: pool,
      average: recipe.average.map { (slots.last!, $0.decay) }, rates: stage.rates,
      firstSteps: stage.firstSteps)
    if features == nil {
      makeEvaluator(parts)
      makeTestEvaluator(parts)
    }
  }

  /// Evaluation works in the memory of the networks that train.
  func makeEvaluator(_ parts: TrainerParts) {
    let source: (any DataSource)? = features == nil ? parts.sources.monitored : features!.monitored?.features
    let preparation = features == nil ? parts.sources.monitoredPreparation : features!.monitored?.featurePreparation
    evaluator = stagePlan.evaluation.flatMap {
      parts.makeEvaluator(of: source, inputs: inputs(parts), preparation, $0, weights, in: runner)
    }
  }

  func makeTestEvaluator(_ parts: TrainerParts) {
    guard parts.sources.validation != nil else { return }
    let source: (any DataSource)? = features == nil ? parts.sources.test : features!.test?.features
    let preparation = features == nil ? parts.sources.testPreparation : features!.test?.featurePreparation
    testEvaluator = stagePlan.evaluation.flatMap {
      parts.makeEvaluator(of: source, inputs: inputs(parts), preparation, $0, weights, in: runner)
    }
  }

  /// The columns that the networks of this stage take.
  func inputs(_ parts: TrainerParts) -> [String] { stagePlan.features?.suffixInputs(parts.inputs) ?? parts.inputs }

  /// The weights and slots are set from now on.
  func begin() {
    frozen = FrozenSet(weights, stage.trainedGraph)
    runner.network.prepare()
  }

  /// The average of weights that have not been trained yet.
  func beginAverage() {
    if average != nil { slots.last!.copy(from: weights.trainable) }
  }

  /// Runs something with the weights or their average, whichever is wanted, in the place of the weights.
  func with<Value, Failure>(_ wanted: AverageChoice.Weights?, _ body: () throws(Failure) -> Value) throws(Failure)
    -> Value
  {
    exchange(for: wanted)
    defer { undoExchange() }
    return try body()
  }

  /// Puts the average in the place of the weights where that is wanted, until `undoExchange`.
  func exchange(for wanted: AverageChoice.Weights?) {
    guard average != nil, wanted == .average else { return }
    weights.trainable.exchange(with: slots.last!)
    isExchanged = true
  }

  func undoExchange() {
    guard isExchanged else { return }
    weights.trainable.exchange(with: slots.last!)
    isExchanged = false
  }

  /// Weights and slots as files hold them, and back.
  func exchangeSaved() {
    if average?.save == .average { weights.trainable.exchange(with: slots.last!) }
  }

  /// Goes on with other weights of the same model, which are their own average.
  func restore(_ weights: Weights) {
    for (entry, other) in zip(self.weights.table.entries, weights.table.entries) {
      self.weights[entry].copy(from: weights[other])
    }
    beginAverage()
    begin()
  }

  /// Takes over all weights of the stage before, and the slots of what was trained there already.
  func adopt(_ weights: Weights, _ slots: [Buffer]) {
    for (entry, old) in zip(self.weights.table.entries, weights.table.entries) {
      precondition(entry.path == old.path, "the model is the same")
      self.weights[entry].copy(from: weights[old])
      guard entry.parameter.kind == .trainable else { continue }
      if average != nil { self.slots.last![entry.range].copy(from: weights[old]) }
      guard old.parameter.kind == .trainable else { continue }
      for (slot, oldSlot) in zip(self.slots, slots) { slot[entry.range].copy(from: oldSlot[old.range]) }
    }
  }

  func update(rate: Float, step: Int) {
    updater.update(rate: rate, step: step)
    runner.network.updateStates(by: runner.moments)
  }
}
