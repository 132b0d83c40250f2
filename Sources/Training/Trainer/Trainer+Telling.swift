import Communication
import Datasets
import Networks

extension Trainer {
  /// Tells the callbacks what has happened.
  ///
  /// - Returns: the greatest of their wishes.
  @discardableResult
  func tell(
    _ event: TrainingEvent, _ lastStep: Int, _ callbacks: inout [any Callback], _ batch: LoadedBatch? = nil
  ) -> Directive {
    let report = TrainingReport(
      state: state, recipe: recipe, ranks: communicator.size, rank: communicator.rank, threads: threads,
      stepsPerEpoch: stepsPerEpoch, totalSteps: parts.stages.steps, lastStep: lastStep,
      parameters: graph.parameterCount, metrics: clock.metrics,
      rate: Double(clock.rate), imagesPerSecond: clock.imagesPerSecond, stepSeconds: clock.stepSeconds,
      exposedSeconds: clock.exposedSeconds, loadingShare: clock.loading.share, batch: batch)
    communicator.supervision.enter(.reporting)
    var wish = Directive.goOn
    for index in callbacks.indices {
      do {
        wish = max(wish, try callbacks[index].handle(event, report))
      } catch {
        // The others hear of it at the next vote.
        callbackFailure = callbackFailure ?? TrainingError(.run, "\(error)")
      }
    }
    return wish
  }
}
