import Networks

extension Recipe {
  /// Refuses values that are impossible by themselves, whatever the data and the model.
  public func validate() throws(RecipeError) {
    _ = try model.givenInput()
    try require("batch", batch, in: 1...1 << 30)
    try require("shards", shards, in: 1...1 << 20)
    guard batch % shards == 0 else {
      let (lower, upper) = (batch / shards * shards, (batch / shards + 1) * shards)
      throw RecipeError(
        "batch",
        "is \(batch), which is not divisible by 'shards' (\(shards)); use \(lower > 0 ? "\(lower) or " : "")\(upper), "
          + "or other shards."
      )
    }
    try require("epochs", epochs, in: 1...1_000_000)
    if case .fixed(let count) = threads { try require("threads", count, in: 1...4096) }
    guard (0.1...1e6).contains(patience.value) else {
      throw RecipeError("patience", "is \(patience), but must be 0.1 s to 1000000 s.")
    }
    try require("checkEvery", checkEvery, in: 0...1_000_000_000)
    try data.validate()
    try model.validate()
    try validateLoss()
    try validateChoices()
    try validateOptimizer()
    try validate(schedule, "schedule", epochs: finetune == nil ? epochs : nil, rate: optimizer.rate)
    try validateFinetuning()
    try validateCheckpoints()
  }

  private func validateLoss() throws(RecipeError) {
    try require("labelSmoothing", labelSmoothing, below1From: 0)
    try validate(classWeights, "classWeights")
    if let loss { try validate(loss, "loss") }
    for (name, output) in outputs.sorted(by: { $0.key < $1.key }) {
      try require("outputs.\(name).weight", output.weight ?? 1, atLeast: 0)
      try validate(output.classWeights, "outputs.\(name).classWeights")
      if let loss = output.loss { try validate(loss, "outputs.\(name).loss") }
    }
    let given = [
      ("loss", loss ?? .crossEntropy != .crossEntropy), ("metrics", metrics != nil),
      ("labelSmoothing", labelSmoothing != 0),
      ("classWeights", classWeights != .equal),
    ]
    guard !outputs.isEmpty, let (key, _) = given.first(where: \.1) else { return }
    throw RecipeError(
      key,
      "is for a model with one output, but 'outputs' says what each is trained towards; write it there"
        + (key == "labelSmoothing" ? ", as an argument: 'loss: {binary_crossentropy: {label_smoothing: 0.1}}'." : "."))
  }

  private func validate(_ loss: FunctionChoice, _ path: String) throws(RecipeError) {
    guard loss != .crossEntropy else { return }
    do { _ = try LossRegistry.loss(loss.description) } catch {
      throw RecipeError(path, "cannot be made: \(error.description)")
    }
  }

  private func validate(_ weights: ClassWeightsChoice, _ path: String) throws(RecipeError) {
    guard case .given(let weights) = weights else { return }
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      try require("\(path).\(name)", weight, atLeast: 0)
    }
  }

  /// Whether an image is another one in every epoch, or in every view.
  var isAugmented: Bool { !augmentation.isEmpty || !transforms.isEmpty }

  private func validateChoices() throws(RecipeError) {
    if let views {
      try require("views", views, in: 1...1_000_000)
      guard isAugmented else {
        throw RecipeError(
          "views", "is given without 'augmentation' or 'transforms', so that all of them would be the same; remove it.")
      }
    } else if isAugmented, featureCache == .memory || featureCache == .file {
      throw RecipeError(
        "featureCache",
        "is \(featureCache.rawValue), but the augmentation makes another image in every epoch; give 'views', such as "
          + "8, or remove one of them."
      )
    }
    if let average { try require("average.decay", average.decay, below1From: 0) }
    guard let earlyStopping else { return }
    try require("earlyStopping.patience", earlyStopping.patience, in: 1...1_000_000)
    try require("earlyStopping.minDelta", earlyStopping.minDelta, atLeast: 0)
    guard data.hasValidation else {
      throw RecipeError(
        "earlyStopping",
        "needs data to stop by that is not the test data; give 'data.validation', or 'data.split: {validation: 15%}'.")
    }
    if let average, earlyStopping.restoreBest, average.evaluate != average.save {
      throw RecipeError(
        "earlyStopping.restoreBest",
        "restores what is measured, but 'average.evaluate' and 'average.save' differ; make them the same.")
    }
  }

  private func validateOptimizer() throws(RecipeError) {
    let standard = OptimizerChoice()
    try require("optimizer.rate", optimizer.rate ?? 0, atLeast: 0)
    try require("optimizer.weightDecay", optimizer.weightDecay ?? 0, atLeast: 0)
    try require("optimizer.momentum", optimizer.momentum, below1From: 0)
    try require("optimizer.beta1", optimizer.beta1, below1From: 0)
    try require("optimizer.beta2", optimizer.beta2, below1From: 0)
    try require("optimizer.rho", optimizer.rho, below1From: 0)
    try require("optimizer.iterations", optimizer.iterations, in: 0...1_000_000_000_000)
    let positive = [
      ("epsilon", optimizer.epsilon), ("coefficient", optimizer.coefficient), ("clipNorm", optimizer.clipNorm),
      ("clipValue", optimizer.clipValue),
    ]
    for case (let key, let value?) in positive where !(value > 0 && value.isFinite) {
      throw RecipeError("optimizer.\(key)", "is \(value), but must be greater than 0.")
    }
    // A number that the optimizer does not use would be ignored in silence.
    let given: [(key: String, isGiven: Bool, users: Set<OptimizerChoice.Name>)] = [
      ("momentum", optimizer.momentum != standard.momentum, [.sgd, .rmsprop, .lars]),
      ("nesterov", optimizer.nesterov, [.sgd]),
      ("beta1", optimizer.beta1 != standard.beta1, [.adam, .adamw, .lamb]),
      ("beta2", optimizer.beta2 != standard.beta2, [.adam, .adamw, .lamb]),
      ("epsilon", optimizer.epsilon != nil, [.adam, .adamw, .lamb, .rmsprop]),
      ("rho", optimizer.rho != standard.rho, [.rmsprop]), ("centered", optimizer.centered, [.rmsprop]),
      ("decoupled", optimizer.decoupled, [.sgd, .rmsprop]),
      ("coefficient", optimizer.coefficient != standard.coefficient, [.lars]),
    ]
    if let foreign = given.first(where: { $0.isGiven && !$0.users.contains(optimizer.name) }) {
      throw RecipeError(
        "optimizer.\(foreign.key)",
        "means nothing to \(optimizer.name.rawValue); remove it or choose another optimizer.")
    }
    guard !optimizer.nesterov || optimizer.momentum > 0 else {
      throw RecipeError("optimizer.nesterov", "is true without momentum; give 'optimizer.momentum', such as 0.9.")
    }
  }

  private func validateCheckpoints() throws(RecipeError) {
    guard !checkpoint.every.isZero else { throw RecipeError("checkpoint.every", "is 0, but must be at least 1 step.") }
    try require("checkpoint.keep.last", checkpoint.keep.last, in: 1...1_000_000)
    try require("checkpoint.keep.best", checkpoint.keep.best, in: 0...1)
    guard checkpoint.keep.best == 0 || data.hasValidation || data.hasTest else {
      throw RecipeError(
        "checkpoint.keep.best", "needs an accuracy to compare; give 'data.validation' or keep 0 of the best.")
    }
  }

  func require(_ path: String, _ value: Int, in range: ClosedRange<Int>) throws(RecipeError) {
    guard range.contains(value) else {
      throw RecipeError(path, "is \(value), but must be \(range.lowerBound) to \(range.upperBound).")
    }
  }

  func require(_ path: String, _ value: Double, atLeast minimum: Double) throws(RecipeError) {
    guard value.isFinite, value >= minimum else {
      throw RecipeError(path, "is \(value), but must be a finite number of at least \(minimum).")
    }
  }

  func require(_ path: String, _ value: Double, below1From minimum: Double) throws(RecipeError) {
    guard value >= minimum, value < 1 else {
      throw RecipeError(path, "is \(value), but must be at least \(minimum) and below 1.")
    }
  }
}
