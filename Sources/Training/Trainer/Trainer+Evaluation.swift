import Communication
import Datasets
import Networks

extension Trainer {
  /// Whether a signal has ended the run that this one goes on from between the last step of an epoch and the end of its
  /// evaluation.
  var isInEvaluation: Bool {
    state.epochMetrics.samples > 0 && state.samples % sampler.count == 0 && state.history.last?.step != state.step
  }

  func endEpoch(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) -> Directive {
    communicator.supervision.enter(.evaluating)
    let measured = isTrial ? nil : try measure(engine.evaluator)
    if engine.evaluator != nil { for network in runner.networks { network.claimMemory() } }
    let hasValidation = sources.validation != nil
    let record = EpochRecord(
      epoch: state.samples / sampler.count, step: state.step, training: state.epochMetrics,
      validation: hasValidation ? measured : nil, test: hasValidation ? nil : measured,
      rate: Double(engine.stage.rate(at: state.step - 1)))
    gate.change {
      state.history.append(record)
      state.epochMetrics = state.epochMetrics.cleared
      if recipe.earlyStopping != nil {
        let phaseStart = parts.stages.all.last!.scheduleStart
        state.isStopped = BestEpoch(recipe).isOver(state.history, since: phaseStart)
      }
    }
    let wish = tell(.epoch(record), lastStep, &callbacks)
    if let earlyStopping = recipe.earlyStopping, state.isStopped {
      tell(
        .noticed(
          "stopped: \(earlyStopping.patience) epochs have not improved the validation \(earlyStopping.monitor)"),
        lastStep, &callbacks)
    }
    return wish
  }

  /// What the configuration wants measured: the weights, or their average.
  private func measure(_ evaluator: Evaluator?) throws(TrainingError) -> Metrics? {
    guard let evaluator else { return nil }
    gate.change { engine.exchange(for: recipe.average?.evaluate) }
    let outcome = Result { () throws(TrainingError) in try evaluator.evaluate(pool: parts.pool) }
    gate.change { engine.undoExchange() }
    let result = try outcome.get()
    // The packed kernels of training may be those of the average now.
    if recipe.average?.evaluate == .average { runner.network.prepare() }
    return result
  }

  /// Looks at test data that has been kept apart until here. Collective.
  func test() throws(TrainingError) {
    guard sources.validation != nil, sources.test != nil else { return }
    try fillTestFeatures()
    communicator.supervision.enter(.evaluating)
    let measured = try measure(engine.testEvaluator)
    gate.change { state.test = measured }
  }
}
