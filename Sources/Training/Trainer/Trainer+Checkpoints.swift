import Communication
import Datasets
import Networks

extension Trainer {
  /// Whether a checkpoint is due after this step: by the recipe, or because it is the best one so far.
  var isSaveDue: Bool {
    recipe.checkpoint.isDue(step: state.stageStep, stepsPerEpoch: stepsPerEpoch)
      || CheckpointStore(folder: folder, recipe: recipe).isBest(state)
  }

  /// Copies weights and state on the first rank, where they are written while training goes on; with `memory: small`,
  /// training waits instead. Collective: the ranks compare theirs before.
  func beginSave(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    try compareReplicas(lastStep, &callbacks)
    communicator.supervision.enter(.saving)
    gate.change {
      if recipe.memory == .small {
        writer?.save(engine, state: state)
      } else {
        writer?.begin(engine, state: state)
      }
    }
  }

  /// Tells the callbacks of the first rank what became of saves that have ended.
  ///
  /// - Returns: what they want, and why the run must end, if it must.
  func reportSaves(
    _ lastStep: Int, _ callbacks: inout [any Callback]
  ) -> (wish: Directive, failure: TrainingError?) {
    var wish = Directive.goOn
    guard let outcomes = writer?.takeOutcomes() else { return (wish, nil) }
    for outcome in outcomes {
      switch outcome {
      case .saved(let path): wish = max(wish, tell(.saved(path: path), lastStep, &callbacks))
      case .failed(let error) where recipe.checkpoint.onSaveFailure == .goOn:
        wish = max(wish, tell(.notSaved(reason: error.description), lastStep, &callbacks))
      case .failed(let error), .refused(let error): return (wish, error)
      }
    }
    return (wish, nil)
  }

  /// Makes sure that the last step is on the disk. Collective.
  func saveAtEnd(
    isInterrupted: Bool, _ lastStep: Int, _ callbacks: inout [any Callback]
  ) throws(TrainingError) {
    gate.change { isEnding = true }
    try compareReplicas(lastStep, &callbacks)
    communicator.supervision.enter(.saving)
    if isInterrupted { writer?.markInterrupted(isResumed: resumption != nil) }
    writer?.wait()
    var failure = reportSaves(lastStep, &callbacks).failure
    if let writer, state.test != nil || state.restoredEpoch != nil || !writer.hasSaved(step: state.step) {
      writer.save(engine, state: state)
      for case .failed(let error) in writer.takeOutcomes() { failure = error }
      if writer.hasSaved(step: state.step) { tell(.saved(path: lastCheckpoint), lastStep, &callbacks) }
    }
    try vote.agree { () throws(TrainingError) in if let failure { throw failure } }
  }

  /// A checkpoint to go on from.
  struct Found {
    let header: Checkpoint.Header
    let resumption: Resumption
  }

  /// The newest sound checkpoint, which the first rank finds. Collective.
  func findCheckpoint(_ store: inout CheckpointStore) throws(TrainingError) -> Found {
    var own = store
    let found = try vote.agree { () throws(TrainingError) in
      communicator.rank == 0 ? try own.newestSound() : (path: "", skipped: [])
    }
    store = own
    let path: String
    do {
      path = String(decoding: try communicator.broadcast([UInt8](found.path.utf8), from: 0), as: UTF8.self)
    } catch {
      throw TrainingError(.ranks, error.description)
    }
    let header = try vote.agree { () throws(TrainingError) in
      let header = try Checkpoint.header(of: path)
      if let difference = recipe.difference(from: header.recipe) {
        throw TrainingError(
          .configuration,
          "\(path) was trained with another recipe: \(difference); use the old value, or another output folder.")
      }
      try requireNumbers(of: header.recipe, path)
      try requireClasses(of: header.state, path)
      return header
    }
    return Found(header: header, resumption: Resumption(path: path, step: header.state.step, skipped: found.skipped))
  }

  /// Refuses data whose numbers would go in otherwise than those that a checkpoint was trained on.
  private func requireNumbers(of old: Recipe, _ path: String) throws(TrainingError) {
    guard let trained = old.preprocessing.stored, let found = recipe.preprocessing.stored,
      trained.element != found.element || trained.fullScale != found.fullScale
    else { return }
    throw TrainingError(
      .data,
      "\(path) was trained on numbers from \(trained.text) (\(trained.element.rawValue)s), but \(recipe.data.train) "
        + "holds "
        + "\(found.text) (\(found.element.rawValue)s); resume with the data it was trained on, or set "
        + "'preprocessing.stored' "
        + "to {element: \(trained.element.rawValue), range: [\(trained.lowest), \(trained.highest)]}.")
  }

  /// Refuses data whose classes have other names than those that a checkpoint was trained on.
  private func requireClasses(of state: TrainingState, _ path: String) throws(TrainingError) {
    let (old, new) = (state.classNames, sources.train.classNames)
    guard old != new, !old.isEmpty, !new.isEmpty else { return }
    throw TrainingError(
      .data,
      "\(path) was trained on \(old.count) classes (\(old.list)), but \(recipe.data.train) has \(new.count) "
        + "(\(new.list)); give the same folders, or start anew with another output folder."
    )
  }

  /// What was frozen when the checkpoint was written must be frozen now, and nothing else.
  func requireFrozen(_ found: Found) throws(TrainingError) {
    guard let old = found.header.frozen, old != engine.frozen?.record else { return }
    throw TrainingError(
      .data,
      "\(found.resumption.path) has \(old.layers.count) frozen layers with the SHA-256 \(old.sha256), but now "
        + "\(engine.frozen?.record.layers.count ?? 0) are frozen, or their weights are others; resume with the "
        + "configuration and the version that wrote it."
    )
  }
}

extension [String] {
  /// `a, b, c and 4 more`
  package var list: String {
    let shown = prefix(5).joined(separator: ", ")
    return count > 5 ? "\(shown) and \(count - 5) more" : shown
  }
}
