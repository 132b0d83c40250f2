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

  private let graph: Graph
  private let recipe: Recipe
  private let weights: Weights
  private let slots: [Buffer]
  private var store: CheckpointStore

  private let condition = NSCondition()
  // What follows belongs to whoever holds the lock of the condition.
  private var isWriting = false
  private var outcomes: [Outcome] = []
  private var savedStep: Int?

  /// - Parameters:
  ///   - weights, slots: like those that will be saved.
  init(_ store: CheckpointStore, graph: Graph, recipe: Recipe, weights: Weights, slots: [Buffer]) {
    (self.store, self.graph, self.recipe) = (store, graph, recipe)
    self.weights = Weights(weights.table)
    self.slots = slots.map { Buffer(count: $0.count) }
  }

  /// Copies everything and begins to write it, after the save under way has ended.
  func begin(weights: Weights, slots: [Buffer], state: TrainingState, isInterrupted: Bool = false) {
    wait()
    self.weights.trainable.copy(from: weights.trainable)
    self.weights.states.copy(from: weights.states)
    for (copy, slot) in zip(self.slots, slots) { copy.copy(from: slot) }
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
    do {
      try store.save(state: job.state) { path throws(TrainingError) in
        try Checkpoint.write(
          to: path, graph: graph, weights: weights, slots: slots, state: job.state, recipe: recipe,
          isInterrupted: job.isInterrupted)
      }
      return .saved(path: store.lastPath)
    } catch {
      return .failed(error)
    }
  }
}
