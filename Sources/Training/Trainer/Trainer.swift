public import Communication
import Datasets
import Foundation
public import Networks
public import Tensors

/// Trains the model of a recipe, together with the other ranks of a communicator.
///
/// Everything is made before the first step: data, graph, plan, networks, buffers. Every rank makes the same calls.
public final class Trainer: @unchecked Sendable {
  public let recipe: Recipe
  /// Where `last.h5` and the other checkpoints go.
  public let folder: String
  /// The model with what is frozen in the step under way; another one in another phase of a fine-tuning.
  public var graph: Graph { engine.stage.graph }
  public var weights: Weights { engine.weights }
  public var threads: Int { parts.pool.count }
  /// What the time before the first step was spent on.
  public var startUp: StartUpClock { parts.clock }
  public internal(set) var state = TrainingState()

  let communicator: any Communicator
  let vote: Vote
  let isTrial: Bool
  let memoryState: @Sendable () -> MemoryState
  /// What a person should know before the first step, in a sentence each.
  var notices: [String] = []
  var parts: TrainerParts
  /// Nil only while the next one is made, which is to have its memory.
  var engine: Engine!
  var slots: [Buffer] { engine.slots }
  var sampler: Sampler { parts.sampler }
  var sources: TrainingSources { parts.sources }
  var runner: any StepRunner { engine.runner }
  /// The path of the newest checkpoint.
  let lastCheckpoint: String
  let bestCheckpoint: String
  /// On the first rank only.
  private(set) var writer: CheckpointWriter?
  /// Where this run goes on from; nil where it starts.
  public internal(set) var resumption: Resumption?
  var clock = StepClock()
  let gate = StateGate()
  /// Whether the run ends by itself, with a checkpoint; behind the gate, as is all that a checkpoint holds.
  var isEnding = false
  var callbackFailure: TrainingError?
  /// Whether the run has said that moving statistics lag behind.
  var hasNoticedLag = false
  /// Whether the run has said that it waits for its data.
  var hasNoticedWaiting = false
  /// Whether numbers and replicas are looked at: off only to measure what that costs.
  package var isChecking = true { didSet { runner.check.isOn = isChecking } }

  /// Collective: throws on all ranks if it throws on one.
  ///
  /// - Parameters:
  ///   - folder: where checkpoints go; made where it is missing.
  ///   - resume: whether to go on from the newest sound checkpoint in `folder`.
  ///   - dataChanged: whether other data than the checkpoint's is meant; otherwise it is refused.
  public convenience init(
    _ recipe: Recipe, folder: String, communicator: any Communicator, resume: Bool = false, dataChanged: Bool = false
  ) throws(TrainingError) {
    try self.init(
      recipe, folder: folder, communicator: communicator, resume: resume, dataChanged: dataChanged, isTrial: false)
  }

  /// - Parameters:
  ///   - isTrial: whether nothing is saved and nothing measured but the loss of the steps.
  ///   - memoryState: what this rank holds of its machine's memory and may still take.
  package init(
    _ recipe: Recipe, folder: String, communicator: any Communicator, resume: Bool = false, dataChanged: Bool = false,
    isTrial: Bool, memoryState: @escaping @Sendable () -> MemoryState = { .current }
  ) throws(TrainingError) {
    (self.isTrial, self.memoryState) = (isTrial, memoryState)
    (self.folder, self.communicator) = (folder, communicator)
    let vote = Vote(communicator)
    self.vote = vote
    communicator.supervision.patience = recipe.patience.value
    let placement = try ThreadPlacement(recipe, communicator)
    let screened = try SampleScreening(recipe: recipe, communicator: communicator, placement: placement)
      .settled(folder: isTrial ? nil : folder)
    let adapted = try Trainer.adapting(screened, folder: folder, resume: resume, placement, communicator)
    parts = try vote.agree { () throws(TrainingError) in
      let parts = try TrainerParts(adapted, folder: folder, placement: placement, communicator: communicator)
      let path = CheckpointStore(folder: folder, recipe: parts.recipe).lastPath
      if !isTrial { try Checkpoint.requireWritable(parts.model.graph, path) }
      return parts
    }
    let recipe = parts.recipe
    self.recipe = recipe
    var store = CheckpointStore(folder: folder, recipe: recipe)
    (lastCheckpoint, bestCheckpoint) = (store.lastPath, store.bestPath)
    state.classNames = parts.classNames
    state.targets = parts.losses.targets(of: sources.train, classNames: parts.classNames).map { TargetNote($0) }
    try vote.agree { () throws(TrainingError) in if communicator.rank == 0, !isTrial { try store.begin() } }
    notices = parts.notices
    state.epochMetrics = parts.losses.emptyMetrics
    try agreeOnData()
    if !isTrial { try describeData() }
    let work = SharedWork(communicator: communicator, pool: parts.pool)
    parts.losses = try parts.losses.weighted(by: parts.sources.train, work, vote)
    parts.clock.end("digest of the data")
    let found = resume ? try findCheckpoint(&store) : nil
    if let found { try takeOver(found, isChangeMeant: dataChanged) }
    engine = try makeEngine(parts.stages.stage(after: state.step), isFirst: true)
    parts.clock.end("plan and memory")
    try vote.agree { () throws(TrainingError) in
      if let found {
        try Checkpoint.load(found.resumption.path, graph: graph, into: weights, slots: slots)
        engine.exchangeSaved()
      } else {
        try parts.model.initialize(weights, seed: recipe.seed, in: parts.pool)
        engine.beginAverage()
        try parts.compiled?.load(into: slots, weights, recipe)
      }
    }
    parts.clock.end("weights")
    try agreeOnStart()
    parts.clock.end("agreement")
    engine.begin()
    if let found { try vote.agree { () throws(TrainingError) in try requireFrozen(found) } }
    parts.clock.end("packing")
    if communicator.rank == 0, !isTrial { writer = CheckpointWriter(store, recipe: recipe) }
  }

  /// What the workers of this rank do is recorded here: one for each of `threads`, or none.
  public var timelines: [Timeline] = [] {
    didSet {
      precondition(timelines.isEmpty || timelines.count == threads)
      runner.record(on: timelines)
    }
  }

  /// Steps of an epoch.
  public var stepsPerEpoch: Int { sampler.batchesPerEpoch }

  /// Whether nothing is left to train.
  public var isOver: Bool { state.isStopped || state.step >= parts.stages.steps }

  /// Trains to the end of the recipe, or until a callback or `maxSteps` ends the run. Collective.
  ///
  /// - Parameter maxSteps: steps counted from the very start of training, those before a resume included.
  public func train(maxSteps: Int? = nil, callbacks: inout [any Callback]) throws(TrainingError) -> TrainingSummary {
    do {
      return try run(maxSteps, &callbacks)
    } catch {
      gate.change { isEnding = true }
      throw error
    }
  }

  private func run(_ maxSteps: Int?, _ callbacks: inout [any Callback]) throws(TrainingError) -> TrainingSummary {
    let start = ContinuousClock.now
    let lastStep = min(parts.stages.steps, maxSteps ?? .max)
    defer { writer?.wait() }
    var wish = tell(.began, lastStep, &callbacks)
    for notice in notices { tell(.noticed(notice), lastStep, &callbacks) }
    announceStage(lastStep, &callbacks)
    let isOver = state.isStopped || state.step >= lastStep
    if !isOver { try checkImages(lastStep, &callbacks) }
    if isInEvaluation || !isOver && state.step < engine.stage.steps.upperBound {
      try fillFeatures(lastStep, &callbacks)
    }
    var loader = makeLoader()
    var hasLoaded = false
    var isInterrupted = false
    if isInEvaluation {
      wish = max(wish, try endEpoch(lastStep, &callbacks))
      if isSaveDue { try beginSave(lastStep, &callbacks) }
    }
    if state.step < lastStep, !state.isStopped { gate.change { (state.test, state.restoredEpoch) = (nil, nil) } }
    training: while state.step < lastStep, !state.isStopped {
      communicator.supervision.enter(.loading, step: state.step + 1)
      let asked = ContinuousClock.now
      let batch = timelines.first.measure("load", "step") { Result { () throws(DataError) in try loader.next()! } }
      // Before its first batch a loader has had no time to prepare one.
      if hasLoaded { clock.waited(asked.seconds) }
      hasLoaded = true
      let saves = reportSaves(lastStep, &callbacks)
      var failure = callbackFailure ?? saves.failure
      if case .failure(let error) = batch { failure = TrainingError(.data, error.description) }
      communicator.supervision.enter(.voting)
      let decision = try timelines.first.measure("vote", "step") { () throws(TrainingError) in
        try vote.cast(max(wish, saves.wish), failure: failure, digest: dueDigest)
      }
      if vote.hasDifferentDigests { try settleDifferences(lastStep, &callbacks) }
      switch decision {
      case .goOn: break
      case .save: try beginSave(lastStep, &callbacks)
      case .stop: break training
      case .interrupt:
        gate.change { isEnding = true }
        isInterrupted = true
        break training
      }
      guard case .success(var loaded) = batch else { preconditionFailure("the vote ends a failed step") }
      if state.step == engine.stage.steps.upperBound {
        let hadFeatures = engine.features?.train.features != nil
        try beginNextStage(lastStep, &callbacks)
        try fillFeatures(lastStep, &callbacks)
        if hadFeatures || engine.features != nil {
          loader = makeLoader()
          loaded = try vote.agree { () throws(TrainingError) in
            do throws(DataError) { return try loader.next()! } catch { throw TrainingError(.data, error.description) }
          }
        }
      }
      try step(loaded, lastStep, &callbacks)
      communicator.supervision.settle()
      wish = tell(.step, lastStep, &callbacks, loaded)
      if state.samples % sampler.count == 0 {
        noticeStatisticsLag(after: loaded.sampled.draws.count, lastStep, &callbacks)
        wish = max(wish, try endEpoch(lastStep, &callbacks))
        noticeWaiting(for: loader, lastStep, &callbacks)
      }
      if isSaveDue { try beginSave(lastStep, &callbacks) }
    }
    if state.step == parts.stages.steps { announceEnd(lastStep, &callbacks) }
    if !isInterrupted, !isTrial, state.isStopped || state.step == parts.stages.steps {
      try restoreBest(lastStep, &callbacks)
      try test()
    }
    try saveAtEnd(isInterrupted: isInterrupted, lastStep, &callbacks)
    tell(.ended, lastStep, &callbacks)
    try vote.agree { () throws(TrainingError) in
      if let callbackFailure { throw callbackFailure }
      try engine.frozen?.check(weights, step: state.step)
    }
    return TrainingSummary(
      state: state, validation: state.history.last?.validation, test: state.test ?? state.history.last?.test,
      checkpoint: lastCheckpoint, weightsDigest: engine.with(recipe.average?.save) { weights.digest() },
      frozenLayers: engine.frozen?.record.layers.count ?? 0, frozenDigest: engine.frozen?.record.sha256,
      isInterrupted: isInterrupted, seconds: start.seconds)
  }

  private func step(
    _ batch: LoadedBatch, _ lastStep: Int, _ callbacks: inout [any Callback]
  ) throws(TrainingError) {
    let samples = batch.sampled.draws.count
    let rate = engine.stage.rate(at: state.step, after: state.history)
    clock.begin(exposed: runner.reducer.statistics.exposedSeconds)
    var result: StepResult
    communicator.supervision.enter(.computing)
    do {
      result = try runner.run(batch, step: state.step, samples: samples)
    } catch {
      throw TrainingError(.ranks, "step \(state.step + 1): \(error.description)")
    }
    if result.isFinite {
      if let regularization = engine.regularization { result.metrics.lossSum += regularization.term * Double(samples) }
    } else {
      let finding = try explainNonFinite(batch, rate: rate)
      guard recipe.onNonFinite == .skip else {
        writer?.wait()
        let isSaved = writer?.lastSaved != nil || resumption != nil
        let advice =
          isSaved ? "go on from \(lastCheckpoint) with --resume" : "start again; no checkpoint had been written yet"
        throw TrainingError(.run, "\(finding), and \(advice).", isShared: true)
      }
      result.metrics = StepMetrics()
      tell(.noticed("\(finding); the step was skipped (onNonFinite: skip)."), lastStep, &callbacks)
    }
    gate.change {
      if result.isFinite {
        update(rate: rate)
        state.epochMetrics += result.metrics
      } else {
        state.skipped += 1
      }
      state.step += 1
      state.samples = batch.sampled.nextCursor
    }
    clock.end(result.metrics, rate: rate, exposed: runner.reducer.statistics.exposedSeconds)
  }

  private func update(rate: Float) {
    communicator.supervision.enter(.updating)
    timelines.first.measure("update", "step") {
      engine.update(rate: rate, step: state.step)
    }
    timelines.first.measure("prepare", "step") { runner.network.prepare() }
  }
}
