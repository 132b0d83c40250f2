import Foundation
import Networks
import Tensors

/// Writes checkpoints on a thread of its own, from a copy of the weights that is made while training waits; then
/// training goes on.
///
/// The memory of the copy is allocated once in a stage, when it is needed first. One checkpoint is written at a time,
/// in the order in which they were begun.
final class CheckpointWriter: @unchecked Sendable {
  /// The outcome of a save.
  enum Outcome: Sendable {
    case saved(path: String)
    /// The disk refused it; the older checkpoints are still there.
    case failed(TrainingError)
    /// The weights are not worth saving.
    case refused(TrainingError)

    var failure: TrainingError? {
      switch self {
      case .saved: nil
      case .failed(let error), .refused(let error): error
      }
    }
  }

  private struct Job {
    let graph: Graph
    let frozen: FrozenSet?
    let weights: Weights
    let slots: [Buffer]
    let state: TrainingState
  }

  private let recipe: Recipe
  private var store: CheckpointStore
  private var copies: (weights: Weights, slots: [Buffer])?

  private let condition = NSCondition()
  // What follows belongs to whoever holds the lock of the condition.
  private var isWriting = false
  private var outcomes: [Outcome] = []
  private var savedStep: Int?
  private var isInterrupted = false
  private let mark: InterruptionMark

  init(_ store: CheckpointStore, recipe: Recipe) {
    (self.store, self.recipe) = (store, recipe)
    mark = InterruptionMark(folder: store.folder)
  }

  /// Another stage begins, after the save under way has ended.
  func change() {
    wait()
    copies = nil
  }

  /// Copies everything and begins to write it, after the save under way has ended.
  func begin(_ engine: Engine, state: TrainingState) {
    wait()
    let copies = copies ?? (Weights(engine.weights.table), engine.slots.map { Buffer(count: $0.count) })
    self.copies = copies
    engine.exchangeSaved()
    copies.weights.trainable.copy(from: engine.weights.trainable)
    copies.weights.states.copy(from: engine.weights.states)
    for (copy, slot) in zip(copies.slots, engine.slots) { copy.copy(from: slot) }
    engine.exchangeSaved()
    start(
      Job(
        graph: engine.stage.graph, frozen: engine.frozen, weights: copies.weights, slots: copies.slots, state: state))
  }

  /// Returns when everything is written; nobody changes it meanwhile, so it is not copied.
  func save(_ engine: Engine, state: TrainingState) {
    wait()
    engine.exchangeSaved()
    defer { engine.exchangeSaved() }
    start(
      Job(
        graph: engine.stage.graph, frozen: engine.frozen, weights: engine.weights, slots: engine.slots, state: state))
    wait()
  }

  private func start(_ job: Job) {
    condition.withLock { isWriting = true }
    let thread = Thread { [self] in
      // Training may keep the thread that starts this one on a processor of its own.
      Affinity.release()
      let outcome = write(job)
      condition.withLock {
        if case .saved = outcome { savedStep = job.state.step }
        outcomes.append(outcome)
        isWriting = false
        condition.broadcast()
      }
    }
    thread.stackSize = 8 << 20
    thread.name = "checkpoint"
    thread.start()
  }

  /// Returns when no save is under way.
  func wait() {
    condition.withLock {
      while isWriting { condition.wait() }
    }
  }

  /// The saves that have ended since the last call, in order.
  func takeOutcomes() -> [Outcome] {
    condition.withLock {
      guard !outcomes.isEmpty else { return [] }
      defer { outcomes = [] }
      return outcomes
    }
  }

  /// Whether a checkpoint of this step is on the disk.
  func hasSaved(step: Int) -> Bool { lastSaved == step }

  /// The step of the newest checkpoint that this run has written.
  var lastSaved: Int? { condition.withLock { savedStep } }

  /// From now on the folder says that a signal ends the run.
  ///
  /// - Parameter isResumed: whether the run has a checkpoint, though it has written none yet.
  func markInterrupted(isResumed: Bool) {
    let hasCheckpoint = condition.withLock {
      isInterrupted = true
      return isResumed || savedStep != nil
    }
    if hasCheckpoint { mark.set() }
  }

  private func write(_ job: Job) -> Outcome {
    guard Checkpoint.isFinite(job.weights, job.slots) else { return .refused(Checkpoint.notFinite(store.lastPath)) }
    do { try job.frozen?.check(job.weights, step: job.state.step) } catch { return .refused(error) }
    let isEnding = condition.withLock { isInterrupted }
    do {
      try store.save(state: job.state) { path throws(TrainingError) in
        try Checkpoint.write(
          to: path, graph: job.graph, weights: job.weights, slots: job.slots, state: job.state, recipe: recipe,
          frozen: job.frozen?.record,
          isInterrupted: isEnding)
      }
      // Later checkpoints are those of a run that goes on.
      if condition.withLock({ isInterrupted }) { mark.set() } else { mark.remove() }
      return .saved(path: store.lastPath)
    } catch {
      return .failed(error)
    }
  }
}
