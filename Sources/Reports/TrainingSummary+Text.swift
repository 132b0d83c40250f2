public import Training

extension TrainingSummary {
  /// What a run came to, a line each; scripts read the last one.
  public var text: String {
    var lines = ["steps \(state.step)", "samples \(state.samples)"]
    if let epoch = state.history.last { lines.append("training \(epoch.training.text) in epoch \(epoch.epoch)") }
    if let test { lines.append("test \(test.text)") }
    lines.append("time \(Figures.duration(seconds))")
    lines.append("checkpoint \(checkpoint)")
    lines.append("weights sha256 \(weightsDigest)")
    return lines.joined(separator: "\n")
  }
}
