import Foundation
import Networks
import Tensors

/// Writes checkpoints on a thread of its own, from a copy of the weights that is made while training waits; then training goes on.
///
/// The memory of the copy is allocated once. One checkpoint is written at a time, in the order in which they were begun.
final class CheckpointWriter: @unchecked Sendable {
  /// What became of a save.
  enum Outcome: Sendable {
    case saved(path: String)
    /// The disk refused it; the older checkpoints are still there.
    case failed(TrainingError)
    /// The weights are not worth saving.
    case refused(TrainingError)
  }

  private struct Job {
    let state: TrainingState
    let isInterrupted: Bool
  }

  private let recipe: Recipe
  private var store: CheckpointStore
  // Of the stretch of training under way, like those that will be saved.
  private var graph: Graph
  private var frozen: FrozenSet?
  private var weights: Weights
  private var slots: [Buffer]

  private let condition = NSCondition()
  // What follows belongs to whoever holds the lock of the condition.
  private var isWriting = false
  private var outcomes: [Outcome] = []
  private var savedStep: Int?

  init(_ store: CheckpointStore, recipe: Recipe, _ engine: Engine) {
    (self.store, self.recipe) = (store, recipe)
    (graph, frozen, weights, slots) = CheckpointWriter.room(for: engine)
  }

  /// Another stretch begins, after the save under way has ended.
  func change(to engine: Engine) {
    wait()
    (graph, frozen, weights, slots) = CheckpointWriter.room(for: engine)
  }

  private static func room(for engine: Engine) -> (Graph, FrozenSet?, Weights, [Buffer]) {
    (engine.stretch.graph, engine.frozen, Weights(engine.weights.table), engine.slots.map { Buffer(count: $0.count) })
  }

  /// Copies everything and begins to write it, after the save under way has ended.
  func begin(_ engine: Engine, state: TrainingState, isInterrupted: Bool = false) {
    wait()
    weights.trainable.copy(from: engine.weights.trainable)
    weights.states.copy(from: engine.weights.states)
    for (copy, slot) in zip(slots, engine.slots) { copy.copy(from: slot) }
    condition.withLock { isWriting = true }
    let job = Job(state: state, isInterrupted: isInterrupted)
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
  func hasSaved(step: Int) -> Bool { condition.withLock { savedStep == step } }

  private func write(_ job: Job) -> Outcome {
    guard Checkpoint.isFinite(weights, slots) else { return .refused(Checkpoint.notFinite(store.lastPath)) }
    do { try frozen?.check(weights, step: job.state.step) } catch { return .refused(error) }
    do {
      try store.save(state: job.state) { path throws(TrainingError) in
        try Checkpoint.write(
          to: path, graph: graph, weights: weights, slots: slots, state: job.state, recipe: recipe, frozen: frozen?.record,
          isInterrupted: job.isInterrupted)
      }
      return .saved(path: store.lastPath)
    } catch {
      return .failed(error)
    }
  }
}
