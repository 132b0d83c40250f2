import Tensors

extension PlanDraft {
  /// Everything that happens in a step, in order; the loss comes between forward and backward.
  private var actions: [Action] {
    var actions = graph.nodes.indices.map { Action(kind: .forward, step: $0, time: $0) }
    for node in graph.nodes.indices.reversed() where isActive[node] && !(graph.nodes[node].layer is Input) {
      actions += schedule.runsBefore[node].map { Action(kind: .again, step: $0, time: schedule.again[$0]!) }
      actions.append(Action(kind: .backward, step: node, time: backwardTime(node)))
    }
    return actions
  }

  /// Settles what runs together. Tensors that are one memory by nature have been joined.
  ///
  /// - Parameters:
  ///   - blockBytes: what a block of channels may take in all tensors of a turn together; nil for no blocks.
  ///   - turnBytes: what all channels must take at least.
  ///   - poolsStatistics: whether layers with `pooledChannels` pause for all of their channels.
  mutating func makeTurns(blockBytes: Int?, turnBytes: Int, poolsStatistics: Bool) {
    let uses = ParameterUses(graph)
    let blockable = graph.nodes.indices.map {
      uses.isUsedOnce($0) && !(poolsStatistics && graph.nodes[$0].signature.pooledChannels > 0)
    }
    func channels(_ action: Action) -> Int? { blockable[action.step] ? graph.blockableChannels(of: action.step) : nil }
    var run: [Action] = []
    func finishRun() {
      guard let first = run.first else { return }
      let blocks = blocks(of: run, channels: channels(first) ?? 0, bytes: blockBytes, atLeast: turnBytes)
      turns += blocks.isEmpty ? run.map { Turn(actions: [$0]) } : [Turn(actions: run, blocks: blocks)]
      run = []
    }
    for action in actions {
      let crossesLoss = run.last.map { $0.time < schedule.lossTime && action.time > schedule.lossTime } ?? false
      if crossesLoss || channels(action) == nil || run.first.flatMap(channels) != channels(action) { finishRun() }
      run.append(action)
    }
    finishRun()
  }

  /// The blocks in which a run of actions is done; empty where that saves nothing.
  private func blocks(of run: [Action], channels: Int, bytes limit: Int?, atLeast least: Int) -> [Range<Int>] {
    let working = run.filter { action in
      let signature = graph.nodes[action.step].signature
      return (action.kind == .backward ? signature.backwardAliasing : signature.forwardAliasing) != .view
    }
    guard let limit, working.count > 1, channels > 1 else { return [] }
    let bytes = lifetimes.groups(usedDuring: run.first!.time...run.last!.time).reduce(0) { sum, tensor in
      sum + Layout(lifetimes.tensors[tensor].shape, lanes: lanes, border: lifetimes.tensors[tensor].border)
        .channelStride
        * MemoryLayout<Float>.stride
    }
    // What a larger cache holds anyway need not be cut.
    guard bytes * channels >= least else { return [] }
    let size = max(1, limit / max(1, bytes))
    let count = (channels + size - 1) / size
    return count < 2 ? [] : (0..<count).map { channels * $0 / count..<channels * ($0 + 1) / count }
  }

  /// The turn that a time belongs to; nil for times at which nothing runs.
  func turn(at time: Int) -> Turn? {
    // Turns lie in order of time.
    var (low, high) = (0, turns.count)
    while low < high {
      let middle = (low + high) / 2
      if turns[middle].times.upperBound < time { low = middle + 1 } else { high = middle }
    }
    return low < turns.count && turns[low].times.contains(time) ? turns[low] : nil
  }

  /// The turn that runs in blocks and in which all of a tensor's life takes place, so that it needs memory for one
  /// block only.
  func turnAround(_ tensor: Int) -> Turn? {
    let life = lifetimes[tensor]
    guard let turn = turn(at: life.firstWrite), !turn.blocks.isEmpty, turn.times.contains(life.lastRead),
      life.shape.channels == turn.blocks.last!.upperBound
    else { return nil }
    return turn
  }
}

extension Graph {
  /// How many channels the tensors of a node have, if it can be called with some of them.
  fileprivate func blockableChannels(of index: Int) -> Int? {
    let node = nodes[index]
    let channels = node.inputs.map { shape($0).channels } + node.signature.outputs.map(\.channels)
    return node.signature.isChannelwise && Set(channels).count == 1 ? channels[0] : nil
  }
}
