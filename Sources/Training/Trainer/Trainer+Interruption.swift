// What the thread of `Interruption` does with a run, at any time.
extension Trainer {
  /// Whether the run has come to its end, or failed.
  var endsByItself: Bool { gate.change { isEnding } }

  /// Saves the last step that was completed, as the process may be ended soon; training goes on if it is not.
  func saveInCase() {
    gate.shut()
    defer { gate.open() }
    // What evaluates meanwhile reads the weights where they are.
    guard !isEnding, canBeSaved, !engine.isExchanged else { return }
    writer?.save(engine, state: state)
  }

  /// Saves the last step that was completed and lets nothing change any more.
  ///
  /// - Returns: what was interrupted, and whether there is a checkpoint to go on from; nil where the run ends by
  ///   itself.
  package func saveAtOnce() -> (place: String, isSaved: Bool)? {
    gate.shut()
    if isEnding {
      gate.open()
      return nil
    }
    writer?.markInterrupted(isResumed: resumption != nil)
    var failure: TrainingError?
    if canBeSaved {
      // An evaluation under way sees other weights now; nobody asks for its result any more.
      engine.undoExchange()
      writer?.save(engine, state: state)
      failure = writer?.takeOutcomes().last?.failure
    }
    let step = writer?.lastSaved ?? resumption?.step
    var place = "in step \(state.step + 1)"
    if let step { place += "; step \(step) is saved" }
    if let failure { place += "; step \(state.step) is not (\(failure))" }
    return (place, step != nil)
  }

  /// Lets the run change again after `saveAtOnce`, for tests. An evaluation that was under way is spoilt.
  package func goOnAfterSaving() { gate.open() }

  /// Whether there is something new to save, once the save under way has ended.
  private var canBeSaved: Bool {
    writer?.wait()
    guard let writer, let engine, writer.lastSaved ?? resumption?.step ?? 0 < state.step else { return false }
    // At its start a stage has other layers frozen than what was saved before it.
    return engine.stage.steps.lowerBound < state.step
  }
}
