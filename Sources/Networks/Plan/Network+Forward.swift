import Tensors

extension Network {
  /// Runs all layers; the inputs have been written.
  public func forward() {
    beginForward()
    _ = forward(pausing: false, before: calls.count)
    endForward()
  }

  /// Starts a forward pass that pauses where statistics are pooled.
  public func beginForward() { (cursor, isMeasured, shard.penalty) = (0, false, 0) }

  /// Runs forward until a layer has measured its shard, and gives its channels, so that their `moments` can be pooled before
  /// the next call; nil at the end.
  public func forwardToPooling() -> Range<Int>? {
    if let channels = forward(pausing: true, before: calls.count) { return channels }
    endForward()
    return nil
  }

  private func endForward() {
    guardian?.begin(time: calls.count)
    for tensor in zeroedOutputGradients { tensor.zeroBorder() }
  }

  /// Runs the layers before `end`.
  func forward(pausing: Bool, before end: Int) -> Range<Int>? {
    while cursor < end {
      let call = calls[cursor]
      let start = startTime
      if !isMeasured {
        guardian?.begin(time: cursor)
        for tensor in call.zeroedForward { tensor.zeroBorder() }
        if pausing && !call.pooledChannels.isEmpty {
          call.layer.measure(call.forwardPass)
          isMeasured = true
          record("measure", since: start)
          return call.pooledChannels
        }
      }
      if !call.isView {
        if let packs = call.packsForward { run(packs, of: call) }
        if isMeasured || call.pooledChannels.isEmpty {
          call.layer.forward(call.forwardPass)
        } else {
          call.layer.measureAndForward(call.forwardPass)
        }
        record("forward", since: start)
      }
      isMeasured = false
      guardian?.end(time: cursor)
      cursor += 1
    }
    return nil
  }
}
