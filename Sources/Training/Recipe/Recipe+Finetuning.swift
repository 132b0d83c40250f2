import Networks
import Tasks

extension Recipe {
  /// Phases say how long a fine-tuning is.
  ///
  /// - Parameter given: what the configuration has as `epochs`; one that convoy wrote has it.
  func requireEpochs(_ given: Int?) throws(RecipeError) {
    guard let finetune, let given, given != finetune.epochs else { return }
    throw RecipeError("epochs", "is \(given), but the phases of 'finetune' have \(finetune.epochs); remove 'epochs'.")
  }

  func validateFinetuning() throws(RecipeError) {
    guard let finetune else { return }
    guard !finetune.phases.isEmpty else {
      throw RecipeError("finetune.phases", "is empty; give a phase, such as {freeze: backbone, epochs: 3}.")
    }
    if let head = finetune.head {
      if let task = head.task {
        do { _ = try TaskRegistry.task(named: task) } catch {
          throw RecipeError("finetune.head.task", "is '\(task)': \(error.description)")
        }
      }
      try require("finetune.head.dropout", head.dropout, below1From: 0)
      for (index, units) in head.dense.enumerated() {
        try require("finetune.head.dense.\(index)", units, in: 1...1 << 20)
      }
      if let classes = head.classes { try require("finetune.head.classes", classes, in: 1...1 << 20) }
    }
    for (index, phase) in finetune.phases.enumerated() { try validate(phase, "finetune.phases.\(index)") }
  }

  private func validate(_ phase: PhaseChoice, _ path: String) throws(RecipeError) {
    guard (phase.epochs == nil) != (phase.steps == nil) else {
      throw RecipeError(
        path,
        "has \(phase.epochs == nil ? "no length" : "a length in epochs and one in steps"); give 'epochs' or 'steps'.")
    }
    let (key, length) = phase.steps.map { ("steps", $0) } ?? ("epochs", phase.epochs!)
    guard length > 0 else {
      throw RecipeError(
        "\(path).\(key)", "is \(length), so that nothing would be trained; give at least 1, or remove the phase.")
    }
    try require("\(path).\(key)", length, in: 1...1_000_000_000)
    try require("\(path).rate", phase.rate ?? 0, atLeast: 0)
    for (selector, factor) in phase.rates.sorted(by: { $0.key < $1.key }) {
      try require("\(path).rates.\(selector)", factor, atLeast: 0)
    }
    guard phase.layerDecay > 0, phase.layerDecay <= 1 else {
      throw RecipeError("\(path).layerDecay", "is \(phase.layerDecay), but must be greater than 0 and at most 1.")
    }
    if let schedule = phase.schedule {
      try validate(schedule, "\(path).schedule", epochs: phase.epochs, rate: phase.rate ?? optimizer.rate)
    } else if phase.rate != nil {
      try validate(schedule, "schedule", epochs: nil, rate: phase.rate)
    }
    let warmup = (phase.schedule ?? schedule).warmup
    if case .epochs(let count) = warmup, let epochs = phase.epochs, count > epochs {
      throw RecipeError(
        "schedule.warmup", "is \(warmup), longer than '\(path)'; shorten it, or give the phase a schedule of its own.")
    }
    if case .steps(let count) = warmup, let steps = phase.steps, count > steps {
      throw RecipeError(
        "schedule.warmup",
        "is \(warmup) steps, longer than '\(path)'; shorten it, or give the phase a schedule of its own.")
    }
    guard let gradual = phase.gradually else { return }
    guard !phase.unfreeze.isEmpty else {
      throw RecipeError("\(path).gradually", "is given, but nothing to unfreeze; give 'unfreeze', such as backbone.")
    }
    guard gradual.every.steps(perEpoch: 1) > 0 else {
      throw RecipeError("\(path).gradually.every", "is 0, but must be at least 1 step.")
    }
    try require("\(path).gradually.layers", gradual.layers, in: 1...1_000_000)
  }
}
