import Kernels
import Tensors

extension Network {
  /// Runs backward from `outputGradients`, which the caller has written after `forward`.
  ///
  /// - Parameter gradientsReady: told, with a growing count, that so many of the first floats of `shard.gradients` are final.
  public func backward<Failure: Error>(_ gradientsReady: (Int) throws(Failure) -> Void) throws(Failure) {
    beginBackward()
    _ = try backward(pausing: false, gradientsReady)
  }

  /// Starts a backward pass that pauses where sums are pooled.
  public func beginBackward() {
    (cursor, isMeasured) = (calls.count - 1, false)
    for range in plan.unreachedGradients { shard.gradients[range].fill(0) }
  }

  /// Runs backward until a layer has written its `gradientSums`, and gives its channels a..<b: the sums lie at 2a..<2b and can
  /// be pooled before the next call; nil at the end.
  public func backwardToPooling<Failure: Error>(
    _ gradientsReady: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Range<Int>? {
    try backward(pausing: true, gradientsReady)
  }

  private func backward<Failure: Error>(
    pausing: Bool, _ gradientsReady: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Range<Int>? {
    if cursor == calls.count - 1, !isMeasured { guardian?.end(time: calls.count) }
    while cursor >= 0 {
      let call = calls[cursor]
      guard let pass = call.backwardPass else {
        cursor -= 1
        continue
      }
      let time = call.backwardTime
      if !isMeasured { for index in call.runsBefore { runAgain(index) } }
      let start = startTime
      if !isMeasured {
        guardian?.begin(time: time)
        for tensor in call.zeroedBackward { tensor.zeroBorder() }
        if pausing && !call.pooledChannels.isEmpty {
          call.layer.measureGradients(pass)
          isMeasured = true
          record("measure gradients", since: start)
          return call.pooledChannels
        }
      }
      if !call.backwardIsView {
        if let packs = call.packsBackward { run(packs, of: call) }
        if isMeasured || call.pooledChannels.isEmpty {
          call.layer.backward(pass)
        } else {
          call.layer.measureGradientsAndBackward(pass)
        }
        record("backward", since: start)
      }
      for (buffer, place) in call.addedGradients { shard.gradients[place].add(buffer) }
      isMeasured = false
      guardian?.end(time: time)
      cursor -= 1
      if call.gradientsFinalAfter > 0 { try gradientsReady(call.gradientsFinalAfter) }
    }
    return nil
  }

  /// Computes an activation that was not kept.
  private func runAgain(_ index: Int) {
    let call = calls[index]
    guard let again = call.again else { preconditionFailure("a layer without a plan to run again") }
    let start = startTime
    guardian?.begin(time: again.time)
    for tensor in again.zeroed { tensor.zeroBorder() }
    if let packs = again.packs { run(packs, of: call) }
    call.layer.forward(again.pass)
    guardian?.end(time: again.time)
    if let start { timeline?.record(plan.steps[index].name, "again", since: start) }
  }

  /// Moves the state parameters by the moments of a step, pooled over all its shards.
  public func updateStates(by moments: ChannelMoments) {
    for call in calls where !call.pooledChannels.isEmpty {
      call.layer.updateStates(StatePass(states: call.states, moments: moments[call.pooledChannels],
          scratch: gradientSums[2 * call.pooledChannels.lowerBound..<2 * call.pooledChannels.upperBound]))
    }
  }
}
