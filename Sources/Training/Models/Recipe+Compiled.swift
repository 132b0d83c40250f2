extension Recipe {
  /// The compiled model that the recipe begins with, whose `compile` is the default where the recipe says nothing; nil
  /// for other models, and for a fine-tuning, which compiles anew.
  ///
  /// Losses, their weights and metrics are in its `configuration`, under Keras's names.
  package func compiledModel() throws(TrainingError) -> CompiledModel? {
    guard finetune == nil, case .file(let path) = model else { return nil }
    return try CompiledModel(reading: path)
  }

  /// The same recipe with the optimizer of a compiled model, its rate and its schedule, where the recipe does not name
  /// an optimizer. What the recipe gives of these stays.
  package func takingOver(_ compiled: CompiledModel?) -> Recipe {
    var copy = self
    defer { copy.optimizer.isNamed = true }
    guard !optimizer.isNamed, let taken = compiled?.optimizer else { return copy }
    copy.optimizer = optimizer.over(taken.choice)
    copy.optimizer.iterations = compiled?.iterations ?? 0
    if schedule == ScheduleChoice(), optimizer.rate == nil, let keras = taken.schedule {
      copy.schedule = ScheduleChoice(keras: keras)
    } else if schedule.keras?.hasRate == true {
      copy.optimizer.rate = optimizer.rate
    }
    copy.average = average ?? taken.average
    return copy
  }

  /// What a compiled model brings into the run and what it does not, in a sentence.
  ///
  /// - Parameter settled: the recipe that was taken over.
  func notice(of compiled: CompiledModel, _ settled: Recipe) -> String? {
    let leftOut = compiled.leftOut.joined(separator: ", ")
    guard !optimizer.isNamed, compiled.optimizer != nil else {
      return leftOut.isEmpty ? nil : "of what \(compiled.path) was compiled with, \(leftOut) is left out"
    }
    let schedule = settled.schedule == self.schedule ? "" : " and the schedule \(settled.schedule.title)"
    let rate = settled.schedule.keras?.hasRate == true ? "" : " with the rate \(settled.optimizer.baseRate)"
    let state = compiled.iterations.map { " goes on after step \($0)" } ?? " begins anew, without a state,"
    return "the optimizer \(settled.optimizer.name.rawValue) of \(compiled.path)\(state)\(rate)\(schedule) "
      + "('optimizer.name' begins another one)" + (leftOut.isEmpty ? "" : "; left out: \(leftOut)")
  }
}

extension OptimizerChoice {
  /// This choice where it says something, and another one elsewhere.
  fileprivate func over(_ other: OptimizerChoice) -> OptimizerChoice {
    var copy = other
    func take<Value: Equatable>(_ key: WritableKeyPath<OptimizerChoice, Value>) {
      if self[keyPath: key] != OptimizerChoice()[keyPath: key] { copy[keyPath: key] = self[keyPath: key] }
    }
    take(\.rate)
    take(\.momentum)
    take(\.nesterov)
    take(\.weightDecay)
    take(\.decoupled)
    take(\.beta1)
    take(\.beta2)
    take(\.epsilon)
    take(\.rho)
    take(\.centered)
    take(\.coefficient)
    take(\.clipNorm)
    take(\.clipValue)
    return copy
  }
}
