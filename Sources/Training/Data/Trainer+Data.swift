import Communication
import Datasets

// Whether the data is that which a checkpoint was trained on.
extension Trainer {
  /// Notes in the state what this run is trained and measured on. Collective.
  func describeData() throws(TrainingError) {
    communicator.supervision.enter(.checking)
    let work = SharedWork(communicator: communicator, pool: parts.pool)
    var (trained, measured) = ([UInt64](), [UInt64]())
    state.trainingData = try DataDigest(sources.train, work, contents: &trained)
    state.monitoredData = try sources.monitored.map { (source) throws(TrainingError) in
      try DataDigest(source, work, contents: &measured)
    }
    noticeCopies(trained, measured)
  }

  /// Says which samples are trained on and measured, byte for byte the same.
  private func noticeCopies(_ trained: [UInt64], _ measured: [UInt64]) {
    guard let source = sources.monitored, !source.isRandom, !sources.train.isRandom else { return }
    // Nothing at all is what could not be read.
    let empty = ContentKey.of([])
    let places = Dictionary(trained.enumerated().map { ($1, $0) }) { first, _ in first }
    let copies = measured.indices.filter { measured[$0] != empty && places[measured[$0]] != nil }
    guard let first = copies.first else { return }
    func name(_ source: any DataSource, _ index: Int) -> String { source.name(of: index) ?? "sample \(index)" }
    let one = "\(name(source, first)) is \(name(sources.train, places[measured[first]]!))"
    notices.append(
      "\(copies.count) of \(source.count) samples of \(source.location) are trained on too, byte for byte (\(one)): "
        + "'convoy data check' names all of them.")
  }

  /// Decodes every image once before the first step, and says how far that is where it takes long. Collective.
  func checkImages(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) {
    // What cannot be read is left out already.
    guard recipe.data.onBadSample != .skip else { return }
    communicator.supervision.enter(.checking)
    let check = ImageCheck(communicator: communicator, pool: parts.pool)
    var last = ContinuousClock.now
    for source in [sources.train, sources.validation, sources.test].compactMap(\.self) {
      let list = isTrial ? nil : "\(folder)/unreadable-images.txt"
      try check.run(source, resizing: recipe.data.resize, list: list) { done, count in
        guard last.seconds > 10 else { return }
        last = .now
        tell(.noticed("looked at \(done) of \(count) images of \(source.location)"), lastStep, &callbacks)
      }
    }
  }

  /// Takes over the state of a checkpoint.
  ///
  /// - Parameter isChangeMeant: whether other data than the checkpoint's may be gone on with. Then the epoch under
  ///   way begins anew.
  func takeOver(_ found: Found, isChangeMeant: Bool) throws(TrainingError) {
    let (path, old) = (found.resumption.path, found.header.state)
    let (training, monitored) = (state.trainingData, state.monitoredData)
    (state, resumption) = (old, found.resumption)
    (state.trainingData, state.monitoredData) = (training, monitored)
    notices += recipe.changes(from: found.header.recipe, afterStep: old.step)
    guard let oldTraining = old.trainingData, let training else {
      notices.append(
        "\(path) is of an earlier version, which did not note its data: that it is the same could not be checked")
      return
    }
    let compared =
      [("data the run is trained on", oldTraining, training)]
      + [("data it is measured on", old.monitoredData, monitored)].compactMap { name, old, new in
        if let old, let new { (name, old, new) } else { nil }
      }
    let changes = compared.filter { $0.1 != $0.2 }.map { name, old, new in
      old.count == new.count
        ? "the \(name) has as many samples, \(new.count), but other names, sizes, labels or contents"
        : "the \(name) has \(new.count) samples instead of \(old.count)"
    }
    if !changes.isEmpty {
      guard isChangeMeant else {
        throw TrainingError(
          .data,
          "\(path) was trained on other data: \(changes.joined(separator: ", and ")); give the same data, "
            + "or add --data-changed to go on with this from the start of an epoch.",
          isShared: true)
      }
      if oldTraining != training { beginEpochAnew(after: oldTraining) }
      let epoch = state.samples / training.count + 1
      let verb = oldTraining == training ? "goes on" : "begins anew"
      notices.append("other data: \(changes.joined(separator: ", and ")); epoch \(epoch) \(verb) with it")
    }
    parts.stages = parts.stages.shifted(by: state.stepOffset)
  }

  /// Puts the cursor to the start of the epoch under way, whose steps so far remain in the weights.
  private func beginEpochAnew(after old: DataDigest) {
    let epoch = state.samples / old.count
    state.samples = epoch * sampler.count
    state.stepOffset = state.step - epoch * stepsPerEpoch
    state.epochMetrics = state.epochMetrics.cleared
  }
}
