public import Training

extension TrainingSummary {
  /// What a run came to, a line each; scripts read the last one.
  public var text: String {
    var lines = ["steps \(state.step)", "samples \(state.samples)"]
    if state.skipped > 0 { lines.append("skipped \(state.skipped) (not finite)") }
    // In the middle of an epoch, what is known of it says more than the last whole one.
    if state.epochMetrics.samples > 0 {
      lines.append("training \(state.epochMetrics.text) so far in epoch \((state.history.last?.epoch ?? 0) + 1)")
    } else if let epoch = state.history.last {
      lines.append("training \(epoch.training.text) in epoch \(epoch.epoch)")
    }
    if let epoch = state.restoredEpoch { lines.append("weights of epoch \(epoch), the best one, restored") }
    if let validation { lines.append("validation \(validation.text)") }
    if let test { lines.append("test \(test.text)") }
    lines.append("time \(Figures.duration(seconds))")
    if isInterrupted { lines.append("interrupted by a signal: the same command line goes on") }
    lines.append("checkpoint \(checkpoint)")
    if let frozenDigest {
      lines.append("frozen \(frozenLayers) layer\(frozenLayers == 1 ? "" : "s"), unchanged, sha256 \(frozenDigest)")
    }
    lines.append("weights sha256 \(weightsDigest)")
    return lines.joined(separator: "\n")
  }
}
