import Communication
import Datasets

extension Trainer {
  /// Copies weights and state on the first rank, where they are written while training goes on. Collective: the ranks compare
  /// theirs before.
  func beginSave(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    try compareReplicas(lastStep, &callbacks)
    communicator.supervision.enter(.saving)
    writer?.begin(weights: weights, slots: slots, state: state)
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
    try compareReplicas(lastStep, &callbacks)
    communicator.supervision.enter(.saving)
    writer?.wait()
    var failure = reportSaves(lastStep, &callbacks).failure
    if let writer, isInterrupted || !writer.hasSaved(step: state.step) {
      writer.begin(weights: weights, slots: slots, state: state, isInterrupted: isInterrupted)
      writer.wait()
      for case .failed(let error) in writer.takeOutcomes() { failure = error }
      if writer.hasSaved(step: state.step) { tell(.saved(path: lastCheckpoint), lastStep, &callbacks) }
    }
    try vote.agree { () throws(TrainingError) in if let failure { throw failure } }
  }

  /// Goes on from the newest sound checkpoint, which the first rank finds. Collective.
  func resume(_ store: inout CheckpointStore) throws(TrainingError) {
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
        throw TrainingError(.configuration, "\(path) was trained with another recipe: \(difference); use the old value, or another output folder.")
      }
      guard header.state.samples % sources.train.count == 0 || header.state.step > 0 else {
        throw TrainingError(.data, "\(path): its cursor does not fit the data; resume with the data it was trained on.")
      }
      try Checkpoint.load(path, graph: graph, into: weights, slots: slots)
      return header
    }
    state = header.state
    resumption = Resumption(path: path, step: state.step, skipped: found.skipped)
  }
}
