import Kernels
import Tensors

extension Network {
  /// Runs backward from `outputGradients`, which the caller has written after `forward`.
  ///
  /// - Parameter gradientsReady: told, with a growing count, that so many of the first floats of `shard.gradients` are
  ///   final.
  public func backward<Failure: Error>(_ gradientsReady: (Int) throws(Failure) -> Void) throws(Failure) {
    beginBackward()
    _ = try backward(pausing: false, gradientsReady)
  }

  /// Starts a backward pass that pauses where sums are pooled.
  public func beginBackward() {
    (cursor, isMeasured) = (0, false)
    for range in plan.unreachedGradients { shard.gradients[range].fill(0) }
  }

  /// Runs backward until a layer has written its `gradientSums`, and gives its channels a..<b: the sums lie at 2a..<2b
  /// and can be pooled before the next call; nil at the end.
  public func backwardToPooling<Failure: Error>(
    _ gradientsReady: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Range<Int>? {
    try backward(pausing: true, gradientsReady)
  }

  private func backward<Failure: Error>(
    pausing: Bool, _ gradientsReady: (Int) throws(Failure) -> Void
  ) throws(Failure) -> Range<Int>? {
    if cursor == 0, !isMeasured { guardian?.end(time: plan.lossTime) }
    while cursor < backwardTurns.count {
      let turn = backwardTurns[cursor]
      if !isMeasured {
        for action in turn.actions { beginBackward(action) }
        if pausing, let channels = measureGradients(turn) { return channels }
      }
      for action in turn.actions { pack(action) }
      for pass in 0..<turn.passCount {
        for action in turn.actions { run(action, pass) }
      }
      isMeasured = false
      cursor += 1
      for action in turn.actions {
        if action.kind == .backward {
          for (buffer, place) in calls[action.step].addedGradients { shard.gradients[place].add(buffer) }
        }
        guardian?.end(time: action.time)
        let final = action.kind == .backward ? calls[action.step].gradientsFinalAfter : 0
        if final > 0 { try gradientsReady(final) }
      }
    }
    return nil
  }

  private func beginBackward(_ action: Action) {
    guardian?.begin(time: action.time)
    for tensor in action.kind == .again ? calls[action.step].again!.zeroed : calls[action.step].zeroedBackward {
      tensor.zeroBorder()
    }
  }

  /// The first half of a layer whose sums are pooled.
  private func measureGradients(_ turn: Turn) -> Range<Int>? {
    guard let pooling = turn.actions.first(where: { $0.kind == .backward && calls[$0.step].pausesForPooling })
    else { return nil }
    precondition(turn.actions.count == 1, "a plan for statistics that are not pooled")
    let (call, start) = (calls[pooling.step], startTime)
    call.layer.measureGradients(call.backwardPasses[0])
    isMeasured = true
    record(pooling.step, "measure gradients", since: start)
    return call.pooledChannels
  }

  private func pack(_ action: Action) {
    let packs = action.kind == .again ? calls[action.step].again!.packs : calls[action.step].packsBackward
    if let packs { run(packs, of: calls[action.step].layer) }
  }

  private func run(_ action: Action, _ pass: Int) {
    let (step, start) = (action.step, startTime)
    if action.kind == .again {
      calls[step].layer.forward(calls[step].again!.passes[pass])
      return record(step, "again", since: start)
    }
    guard !calls[step].backwardIsView else { return }
    calls[step].spreadWeightsOverStrips()
    if isMeasured || calls[step].pooledChannels.isEmpty {
      calls[step].layer.backward(calls[step].backwardPasses[pass])
    } else {
      calls[step].layer.measureGradientsAndBackward(calls[step].backwardPasses[pass])
    }
    record(step, "backward", since: start)
  }

  /// Moves the state parameters by the moments of a step, pooled over all its shards.
  public func updateStates(by moments: ChannelMoments) {
    for call in calls where !call.pooledChannels.isEmpty { call.layer.updateStates(statePass(call, moments)) }
  }

  /// The layer whose moving statistics are furthest from the moments of a step, and how far (`Layer.statisticsLag`);
  /// nil where no layer has any.
  public func largestStatisticsLag(behind moments: ChannelMoments) -> (layer: String, lag: StatisticsLag)? {
    var largest: (layer: String, lag: StatisticsLag)?
    for (step, call) in zip(plan.steps, calls) where !call.pooledChannels.isEmpty {
      guard let lag = call.layer.statisticsLag(statePass(call, moments)),
        lag.deviations > largest?.lag.deviations ?? -1
      else { continue }
      largest = (step.name, lag)
    }
    return largest
  }

  private func statePass(_ call: LayerCall, _ moments: ChannelMoments) -> StatePass {
    let channels = call.pooledChannels
    return StatePass(
      states: call.states, moments: moments[channels],
      scratch: gradientSums[2 * channels.lowerBound..<2 * channels.upperBound])
  }
}
