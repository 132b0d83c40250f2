package import Networks

/// Steps of a run in which the same layers are trained in the same way: a phase of a fine-tuning, a part of one that
/// unfreezes gradually, or the whole run.
package struct TrainingStage: Sendable {
  /// Of the whole run, counted from 0.
  package let steps: Range<Int>
  /// Counted from 1, and how many there are; nil without fine-tuning.
  package let phase: (number: Int, count: Int)?
  /// The first step of the phase, where its schedule begins.
  let scheduleStart: Int
  let schedule: Schedule
  /// The model with what is frozen; as it goes into files.
  package let graph: Graph
  /// The same as it is trained: with what runs as at inference.
  package let trainedGraph: Graph
  /// By layer: what its learning rate is multiplied by, where that is not 1.
  package let rates: [String: Double]
  /// By layer: the step at which its training began, where that is not 0. Until then there is nothing in its slots.
  package let firstSteps: [String: Int]

  package func rate(at step: Int) -> Float { schedule.rate(at: step - scheduleStart) }
}
