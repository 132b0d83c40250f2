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
  public let graph: Graph
  public let weights: Weights
  public var threads: Int { pool.count }
  /// What the time before the first step was spent on.
  public private(set) var startUp: StartUpClock
  public internal(set) var state = TrainingState()

  let communicator: any Communicator
  let vote: Vote
  private let pool: WorkerPool
  let slots: [Buffer]
  private let schedule: Schedule
  private let sampler: Sampler
  let sources: TrainingSources
  private let runner: any StepRunner
  private let regularization: Regularization?
  private let updater: WeightUpdater
  private let evaluator: Evaluator?
  var store: CheckpointStore
  /// Where this run goes on from; nil where it starts.
  public internal(set) var resumption: Resumption?
  private var clock = StepClock()
  private var callbackFailure: TrainingError?

  /// Collective: throws on all ranks if it throws on one.
  ///
  /// - Parameters:
  ///   - folder: where checkpoints go; made by the caller.
  ///   - resume: whether to go on from the newest sound checkpoint in `folder`.
  public init(
    _ recipe: Recipe, folder: String, communicator: any Communicator, resume: Bool = false
  ) throws(TrainingError) {
    (self.recipe, self.folder, self.communicator) = (recipe, folder, communicator)
    let vote = Vote(communicator)
    self.vote = vote
    communicator.supervision.patience = recipe.patience.value
    let placement = try Trainer.placeThreads(recipe, communicator)
    let parts = try vote.agree { () throws(TrainingError) in
      try TrainerParts(recipe, placement: placement, communicator: communicator)
    }
    (graph, weights, pool, sources, startUp) = (parts.graph, parts.weights, parts.pool, parts.sources, parts.clock)
    sampler = Sampler(
      count: sources.train.count, batch: recipe.batch, shards: recipe.shards,
      shuffledBy: UInt64(bitPattern: Int64(recipe.seed)))
    slots = (0..<recipe.optimizer.make().slotCount).map { [count = weights.table.trainableCount] _ in Buffer(count: count) }
    schedule = Schedule(
      recipe.schedule, rate: recipe.optimizer.baseRate, stepsPerEpoch: sampler.batchesPerEpoch, epochs: recipe.epochs)
    store = CheckpointStore(folder: folder, policy: recipe.checkpoint)
    state.classNames = sources.train.classNames
    runner = try parts.makeRunner()
    regularization = Regularization(weights)
    updater = WeightUpdater(recipe.optimizer, weights: weights, gradients: runner.gradients, slots: slots, pool: pool)
    evaluator = try parts.makeEvaluator()
    startUp.end("memory")
    try vote.agree { () throws(TrainingError) in if communicator.rank == 0 { try store.removeLeftovers() } }
    if resume { try self.resume() }
    startUp.end("checkpoint")
    try agreeOnStart(parts.plan)
    startUp.end("agreement")
    runner.network.prepare()
    startUp.end("packing")
  }

  /// Collective.
  private static func placeThreads(
    _ recipe: Recipe, _ communicator: any Communicator
  ) throws(TrainingError) -> ThreadPlacement {
    do {
      return try ThreadPlacement(recipe.threads, pinning: recipe.pin, communicator: communicator)
    } catch {
      throw TrainingError(.run, error.description)
    }
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

  /// Trains to the end of the recipe, or until a callback or `maxSteps` ends the run. Collective.
  ///
  /// - Parameter maxSteps: steps counted from the very start of training, those before a resume included.
  public func train(maxSteps: Int? = nil, callbacks: inout [any Callback]) throws(TrainingError) -> TrainingSummary {
    let start = ContinuousClock.now
    let lastStep = min(recipe.epochs * stepsPerEpoch, maxSteps ?? .max)
    let loader = Loader(
      sources.train, sampler: sampler, shards: sources.shards, preparation: sources.trainPreparation, from: state.samples)
    var wantsStop = tell(.began, lastStep, &callbacks)
    var savedStep = -1
    while state.step < lastStep {
      communicator.supervision.enter(.loading, step: state.step + 1)
      let batch = timelines.first.measure("load", "step") { Result { () throws(DataError) in try loader.next()! } }
      var failure = callbackFailure
      if case .failure(let error) = batch { failure = TrainingError(.data, error.description) }
      communicator.supervision.enter(.voting)
      let wasStopped = try timelines.first.measure("vote", "step") { () throws(TrainingError) in
        try vote.cast(wantsStop: wantsStop, failure: failure)
      }
      if wasStopped { break }
      guard case .success(let loaded) = batch else { preconditionFailure("the vote ends a failed step") }
      try step(loaded)
      communicator.supervision.settle()
      wantsStop = tell(.step, lastStep, &callbacks)
      if state.samples % sampler.count == 0 { wantsStop = try endEpoch(lastStep, &callbacks) || wantsStop }
      if store.isDue(step: state.step, stepsPerEpoch: stepsPerEpoch) {
        wantsStop = try save(lastStep, &callbacks) || wantsStop
        savedStep = state.step
      }
    }
    if savedStep != state.step { _ = try save(lastStep, &callbacks) }
    _ = tell(.ended, lastStep, &callbacks)
    _ = try vote.cast(failure: callbackFailure)
    return TrainingSummary(
      state: state, test: state.history.last?.test, checkpoint: store.lastPath, weightsDigest: weights.digest(),
      seconds: start.seconds)
  }

  private func step(_ batch: LoadedBatch) throws(TrainingError) {
    let samples = batch.sampled.samples.count
    let rate = schedule.rate(at: state.step)
    clock.begin(exposed: runner.reducer.statistics.exposedSeconds)
    var metrics: Metrics
    communicator.supervision.enter(.computing)
    do {
      metrics = try runner.run(batch, step: state.step, samples: samples)
    } catch {
      throw TrainingError(.ranks, "step \(state.step + 1): \(error.description)")
    }
    if let regularization { metrics.lossSum += regularization.term * Double(samples) }
    guard metrics.lossSum.isFinite else {
      throw TrainingError(.run, "step \(state.step + 1): the loss is not finite; lower optimizer.rate (\(rate) in this step), or check the data, and start again from \(store.lastPath).", isShared: true)
    }
    communicator.supervision.enter(.updating)
    timelines.first.measure("update", "step") {
      updater.update(rate: rate, step: state.step)
      runner.network.updateStates(by: runner.moments)
    }
    timelines.first.measure("prepare", "step") { runner.network.prepare() }
    state.step += 1
    state.samples = batch.sampled.nextCursor
    state.epochMetrics += metrics
    clock.end(metrics, rate: rate, exposed: runner.reducer.statistics.exposedSeconds)
  }

  private func endEpoch(_ lastStep: Int, _ callbacks: inout [any Callback]) throws(TrainingError) -> Bool {
    communicator.supervision.enter(.evaluating)
    let record = EpochRecord(
      epoch: state.samples / sampler.count, step: state.step, training: state.epochMetrics,
      test: try evaluator?.evaluate(pool: pool), rate: Double(clock.rate))
    state.history.append(record)
    state.epochMetrics = Metrics()
    return tell(.epoch(record), lastStep, &callbacks)
  }

  func tell(
    _ event: TrainingEvent, _ lastStep: Int, _ callbacks: inout [any Callback]
  ) -> Bool {
    let report = TrainingReport(
      state: state, recipe: recipe, ranks: communicator.size, rank: communicator.rank, threads: threads,
      stepsPerEpoch: stepsPerEpoch, lastStep: lastStep, parameters: graph.parameterCount, metrics: clock.metrics,
      rate: Double(clock.rate), imagesPerSecond: clock.imagesPerSecond, stepSeconds: clock.stepSeconds,
      exposedSeconds: clock.exposedSeconds)
    communicator.supervision.enter(.reporting)
    var wantsStop = false
    for index in callbacks.indices {
      do {
        if try callbacks[index].handle(event, report) == .stop { wantsStop = true }
      } catch {
        // The others hear of it at the next vote.
        callbackFailure = callbackFailure ?? TrainingError(.run, "\(error)")
      }
    }
    return wantsStop
  }
}
