import Foundation
import Networks

extension Trainer {
  /// The lag in deviations from which on evaluation says little.
  static let largestUsefulLag = 0.5
  /// Images from which on a batch's own statistics are steady enough to be compared with.
  static let smallestSteadyBatch = 16

  /// Says so where moving statistics lag so far behind the batch's that evaluation sees another network than training:
  /// once in the second half of the run, earlier if a tenth of their first values will still be in them at its end, and
  /// at its end.
  ///
  /// - Parameter samples: images of the step that has just ended.
  func noticeStatisticsLag(after samples: Int, _ lastStep: Int, _ callbacks: inout [any Callback]) {
    guard samples >= Trainer.smallestSteadyBatch, !hasNoticedLag || state.step == lastStep,
      let (layer, lag) = runner.network.largestStatisticsLag(behind: runner.moments),
      lag.deviations > Trainer.largestUsefulLag,
      state.step > lastStep / 2 || pow(lag.momentum, Double(lastStep)) > 0.1
    else { return }
    hasNoticedLag = true
    let distance = String(format: "%.2f", lag.deviations)
    let advice =
      lag.momentum > 0.9 ? "give it a lower one, such as 0.9, or train for more steps" : "train for more steps"
    tell(
      .noticed(
        "after \(state.step) steps the moving statistics of '\(layer)' (momentum \(lag.momentum)) are \(distance) "
          + "deviations away from the batch's, so that evaluation sees another network than training; \(advice) "
          + "(docs/test-accuracy.md)."),
      lastStep, &callbacks)
  }
}
