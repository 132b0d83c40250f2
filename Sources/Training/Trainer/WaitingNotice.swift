package import Datasets

/// The sentence that says that a run waits for its data, for which stage of the loader, and what to do.
package struct WaitingNotice {
  package let epoch: Int
  /// Of the epoch in which a rank waited, 0 to 1, and the seconds of the epoch.
  package let share: Double, seconds: Double
  package let times: LoadingTimes

  /// What is waited less is not worth a sentence; nor is an epoch that is over at once.
  private static let (leastShare, leastSeconds) = (0.1, 5.0)

  package init(epoch: Int, share: Double, seconds: Double, times: LoadingTimes) {
    (self.epoch, self.share, self.seconds, self.times) = (epoch, share, seconds, times)
  }

  /// Nil where there is nothing to say.
  package var sentence: String? {
    guard share >= WaitingNotice.leastShare, seconds >= WaitingNotice.leastSeconds, times.total > 0 else { return nil }
    let stages: [(name: String, seconds: Double, remedy: String)] = [
      (
        "reading and decoding", times.reading,
        "decode once with 'convoy data pack', decode JPEGs at a smaller size with 'data.decoding.reduction', or start "
          + "more ranks"
      ),
      ("transforms", times.transforming, "use fewer or simpler transforms, or start more ranks"),
      ("filling lanes", times.writing, "use smaller images, or start more ranks"),
    ]
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    let parts = stages.map { "\($0.name) \(percent($0.seconds / times.total))" }.joined(separator: ", ")
    let largest = stages.max { $0.seconds < $1.seconds }!
    return
      "the data is the bottleneck: in \(percent(share)) of epoch \(epoch) this rank waited for it (\(parts) of the "
      + "loader's time); \(largest.remedy)"
  }
}

extension Trainer {
  /// Says once that the run waits for its data, and begins to count anew.
  func noticeWaiting(for loader: Loader, _ lastStep: Int, _ callbacks: inout [any Callback]) {
    let loading = clock.loading
    clock.beginEpoch()
    let notice = WaitingNotice(
      epoch: state.history.count, share: loading.share, seconds: loading.seconds, times: loader.times)
    guard !hasNoticedWaiting, let sentence = notice.sentence else { return }
    hasNoticedWaiting = true
    tell(.noticed(sentence), lastStep, &callbacks)
  }
}
