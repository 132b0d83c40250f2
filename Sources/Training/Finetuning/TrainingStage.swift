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
  /// Below 0 where its optimizer has made steps before the run.
  package let firstSteps: [String: Int]

  package func rate(at step: Int) -> Float { schedule.rate(at: step - scheduleStart) }

  /// The same where scores may have lowered it.
  ///
  /// - Parameter history: of the run; epochs of other phases and those that end behind the step do not count.
  func rate(at step: Int, after history: [EpochRecord]) -> Float {
    let rate = rate(at: step)
    guard let plateau = schedule.plateau else { return rate }
    let scores = history.lazy.filter { $0.step > scheduleStart && $0.step <= step }.compactMap {
      $0.score(named: plateau.monitor)
    }
    return Float(plateau.rate(from: Double(rate), after: scores))
  }

  /// The step at which the optimizer began, of the layers that it has moved longest.
  var optimizerStart: Int { graph.trainedLayers.map { firstSteps[$0] ?? 0 }.min() ?? 0 }

  /// The learning rate as Keras's optimizers take it: a schedule where it counts the optimizer's steps and Keras has
  /// one like it, else the rate of the next step.
  func kerasRate(current: Double) -> JSONValue {
    let offset = scheduleStart - optimizerStart
    return schedule.kerasRate(after: offset) ?? .number(current)
  }
}
