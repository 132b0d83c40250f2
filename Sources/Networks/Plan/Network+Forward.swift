import Tensors

extension Network {
  /// Runs all layers; the inputs have been written.
  public func forward() {
    beginForward()
    _ = forward(pausing: false, before: forwardTurns.count)
    endForward()
  }

  /// Starts a forward pass that pauses where statistics are pooled; the plan was made for that.
  public func beginForward() { (cursor, isMeasured, shard.penalty) = (0, false, 0) }

  /// Runs forward until a layer has measured its shard, and gives its channels, so that their `moments` can be pooled
  /// before the next call; nil at the end.
  public func forwardToPooling() -> Range<Int>? {
    if let channels = forward(pausing: true, before: forwardTurns.count) { return channels }
    endForward()
    return nil
  }

  private func endForward() {
    guardian?.begin(time: calls.count)
    for tensor in zeroedOutputGradients { tensor.zeroBorder() }
  }

  /// Runs the turns before `end`.
  ///
  /// - Parameter examine: told of every step and block that has run.
  func forward(pausing: Bool, before end: Int, examine: (_ step: Int, _ pass: Int) -> Void = { _, _ in }) -> Range<Int>?
  {
    while cursor < end {
      let turn = forwardTurns[cursor]
      if !isMeasured {
        for action in turn.actions { beginForward(action) }
        if pausing, let channels = measure(turn) { return channels }
      }
      for action in turn.actions where !calls[action.step].isView {
        if let packs = calls[action.step].packsForward { run(packs, of: calls[action.step].layer) }
      }
      for pass in 0..<turn.passCount {
        for action in turn.actions {
          forward(action.step, pass)
          examine(action.step, pass)
        }
      }
      isMeasured = false
      for action in turn.actions { guardian?.end(time: action.time) }
      cursor += 1
    }
    return nil
  }

  private func beginForward(_ action: Action) {
    guardian?.begin(time: action.time)
    for tensor in calls[action.step].zeroedForward { tensor.zeroBorder() }
  }

  /// The first half of a layer whose statistics are pooled.
  private func measure(_ turn: Turn) -> Range<Int>? {
    guard let pooling = turn.actions.first(where: { calls[$0.step].pausesForPooling }) else { return nil }
    precondition(turn.actions.count == 1, "a plan for statistics that are not pooled")
    let (call, start) = (calls[pooling.step], startTime)
    call.layer.measure(call.forwardPasses[0])
    isMeasured = true
    record(pooling.step, "measure", since: start)
    return call.pooledChannels
  }

  private func forward(_ step: Int, _ pass: Int) {
    guard !calls[step].isView else { return }
    let start = startTime
    if isMeasured || calls[step].pooledChannels.isEmpty {
      calls[step].layer.forward(calls[step].forwardPasses[pass])
    } else {
      calls[step].layer.measureAndForward(calls[step].forwardPasses[pass])
    }
    calls[step].addLossesOfStrips()
    record(step, "forward", since: start)
  }
}
