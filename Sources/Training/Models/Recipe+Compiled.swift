extension Recipe {
  /// The compiled model that the recipe begins with, whose `compile` is the default where the recipe says nothing; nil
  /// for other models.
  package func compiledModel() throws(TrainingError) -> CompiledModel? {
    guard case .file(let path) = model else { return nil }
    return try CompiledModel(reading: path)
  }

  /// Whether the optimizer of a compiled model goes on: nothing is said but its rate, and nothing is fine-tuned.
  var continuesOptimizer: Bool { finetune == nil && optimizer.isUndecided }

  /// The same recipe with the losses and metrics of a compiled model where the recipe says nothing of them, and with
  /// its optimizer, its rate and its schedule, where the recipe says no more of the optimizer than its rate. A rate and
  /// a schedule of the recipe stay.
  package func takingOver(_ compiled: CompiledModel?) throws(TrainingError) -> Recipe {
    var copy = self
    if let compiled { _ = try copy.takeOutputs(of: compiled) }
    copy.loss = copy.loss ?? .crossEntropy
    for name in outputs.keys { copy.outputs[name]!.weight = copy.outputs[name]!.weight ?? 1 }
    defer { copy.optimizer.isNamed = true }
    guard continuesOptimizer, let taken = compiled?.optimizer else { return copy }
    copy.optimizer = taken.choice
    copy.optimizer.rate = optimizer.rate ?? taken.choice.rate
    copy.optimizer.iterations = compiled?.iterations ?? 0
    if schedule == ScheduleChoice(), optimizer.rate == nil, let keras = taken.schedule {
      copy.schedule = ScheduleChoice(keras: keras)
    } else if schedule.keras?.hasRate == true {
      copy.optimizer.rate = optimizer.rate
    }
    copy.average = average ?? taken.average
    return copy
  }

  /// A sentence each on what a compiled model brings into the run and what it does not.
  ///
  /// - Parameter settled: the recipe that was taken over.
  func notices(of compiled: CompiledModel, _ settled: Recipe) throws(TrainingError) -> [String] {
    var copy = self
    let outputs = try copy.takeOutputs(of: compiled)
    return (finetune == nil ? [optimizerNotice(of: compiled, settled)].compactMap(\.self) : []) + outputs
  }

  private func optimizerNotice(of compiled: CompiledModel, _ settled: Recipe) -> String? {
    let leftOut = compiled.leftOut.joined(separator: ", ")
    guard optimizer.isUndecided, compiled.optimizer != nil else {
      guard !leftOut.isEmpty else { return nil }
      let own = settled.optimizer
      let instead =
        compiled.optimizer == nil ? ": the optimizer is \(own.name.rawValue) with the rate \(own.baseRate)" : ""
      return "of what \(compiled.path) was compiled with, \(leftOut) is left out\(instead)"
    }
    let schedule = settled.schedule == self.schedule ? "" : " and the schedule \(settled.schedule.title)"
    let rate = settled.schedule.keras?.hasRate == true ? "" : " with the rate \(settled.optimizer.baseRate)"
    let state = compiled.iterations.map { " goes on after step \($0)" } ?? " begins anew, without a state,"
    return "the optimizer \(settled.optimizer.name.rawValue) of \(compiled.path)\(state)\(rate)\(schedule) "
      + "('optimizer.name' begins another one)" + (leftOut.isEmpty ? "" : "; left out: \(leftOut)")
  }
}

extension OptimizerChoice {
  /// Whether nothing is said but the rate: then the optimizer of a compiled model goes on.
  var isUndecided: Bool {
    var copy = self
    copy.rate = nil
    return copy == OptimizerChoice()
  }
}
