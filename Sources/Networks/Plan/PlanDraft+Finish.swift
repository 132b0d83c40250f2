import Kernels
import Tensors

extension PlanDraft {
  /// Places every group of tensors, saved buffer and scratch, and writes the plan down.
  ///
  /// - Parameters:
  ///   - layerIndices: of layers that are numbered otherwise than in the order of this graph, by name.
  ///   - folded: batch normalisations that are part of other layers, by the names of these.
  ///   - packsAtUse: whether large kernels are packed whenever they are read, instead of once per step.
  func finish(
    table: ParameterTable, inputCuts: [StripMove.Cut?], layerIndices: [String: Int], folded: [String: Graph.Node],
    packsAtUse: Bool,
    poolsStatistics: Bool, gap: Int
  ) -> Plan {
    var storages: [Storage] = []
    var storageOfGroup: [Int: Int] = [:]
    var bordered: [Plan.Placement] = []
    /// What runs in blocks of channels comes back to every action until all of them are done.
    func store(_ label: String, _ count: Int, _ start: Int, _ end: Int) -> Int {
      let (first, last) = (turn(at: start)?.times.lowerBound, turn(at: end)?.times.upperBound)
      storages.append(Storage(label: label, count: count, start: first ?? start, end: last ?? end))
      return storages.count - 1
    }
    /// - Parameter time: when it is written; nil where it is read.
    func placement(_ tensor: Int, writtenAt time: Int? = nil) -> Plan.Placement {
      let (root, channel, around) = lifetimes.place(tensor)
      let (group, shape) = (lifetimes.tensors[root], lifetimes.tensors[tensor].shape)
      let block = turnAround(root)?.blocks.map(\.count).max()
      let whole = Layout(group.shape.with(channels: block ?? group.shape.channels), lanes: lanes, border: group.border)
      let storage = storageOfGroup[root] ?? store(group.label, whole.count, group.firstWrite, group.lastRead)
      if storageOfGroup.updateValue(storage, forKey: root) == nil, group.border != .none {
        bordered.append(
          Plan.Placement(
            shape: group.shape, layout: whole, storage: storage, start: 0, holdsBlock: block != nil, isReadSoon: false))
      }
      let border = group.border.surrounded(by: around)
      let layout = block == nil ? Layout(shape, lanes: lanes, border: border) : whole
      // What is read again in the same turn is to be found in the cache.
      let isReadSoon = time.flatMap { turn(at: $0) }.map { turn in
        time! < turn.times.upperBound && lifetimes.groups(usedDuring: time! + 1...turn.times.upperBound).contains(root)
      }
      return Plan.Placement(
        shape: shape, layout: layout, storage: storage, start: channel * whole.channelStride, holdsBlock: block != nil,
        isReadSoon: isReadSoon ?? false)
    }

    // In training one network prepares for all, so that none has kernels of its own.
    let foldsAtUse = packsAtUse || mode == .training
    /// Before everything else, one layer after the other.
    func preparationTime(_ index: Int) -> Int { index - graph.nodes.count - 1 }
    func packing(_ node: Graph.Node, at index: Int) -> Plan.Packing {
      let count = node.signature.prepared
      if packsAtUse && count >= Plan.Packing.large || foldsAtUse && folded[node.name] != nil {
        func place(_ time: Int) -> Int { store("\(node.name) packed", count, time, time) }
        return .atUse(
          forward: place(index), backward: isActive[index] ? place(backwardTime(index)) : nil,
          again: schedule.again[index].map(place))
      }
      guard folded[node.name] != nil else {
        let shared = table.preparedRange(of: node)
        precondition(shared.count == count, "'\(node.name)' has packed kernels of another form than its layer")
        return .shared(shared)
      }
      return .own(storage: store("\(node.name) packed", count, preparationTime(index), .max))
    }
    func fold(_ node: Graph.Node, at index: Int) -> FoldedNormalization? {
      guard let normalization = folded[node.name], let layer = normalization.layer as? BatchNormalization
      else { return nil }
      let parameters = node.signature.parameters.map(\.count)
      let time = foldsAtUse ? index : preparationTime(index)
      return FoldedNormalization(
        layer: layer, parameters: Array(table.entries(of: normalization)),
        kernelStorage: store("\(node.name) folded", parameters[0], time, time),
        biasStorage: store("\(node.name) folded bias", parameters[1], time, foldsAtUse ? index : .max))
    }

    let (uses, factors) = (ParameterUses(graph), FactorTable(table, lanes: lanes))
    /// Where the gradients of a node's parameters go.
    func parameterGradients(_ index: Int) -> [Plan.ParameterGradient] {
      let node = graph.nodes[index]
      func extra(_ entry: ParameterTable.Entry) -> Int {
        let time = backwardTime(index)
        return store("\(node.name) \(entry.parameter.name) gradient", entry.parameter.count, time, time)
      }
      return table.entries(of: node).compactMap { entry in
        switch entry.parameter.kind {
        case .trainable where entry.parameter.isFactored: .factors(factors[entry])
        case .trainable where uses.isFirstBackward(index): .place(entry.range)
        case .trainable: .added(storage: extra(entry), to: entry.range)
        case .moved, .frozen:
          entry.parameter.isState || node.signature.readsWhenFrozen != nil ? nil : .discarded(storage: extra(entry))
        }
      }
    }

    var steps: [Plan.Step] = []
    var channels = 0
    let numbers = graph.layerIndices
    for (index, node) in graph.nodes.enumerated() {
      let active = isActive[index] && !(node.layer is Input)
      let entries = Array(table.entries(of: node))
      let inputGradients = node.inputs.map {
        active ? gradient($0).map { placement($0, writtenAt: backwardTime(index)) } : nil
      }
      let saved = mode == .training || node.signature.savesAtInference ? node.signature.saved(lanes) : 0
      let scratch = node.signature.scratch(lanes)
      let pooled = mode == .training ? node.signature.pooledChannels : 0
      let backward = backwardTime(index)
      let again = schedule.again[index].map { time in
        Plan.Repetition(
          time: time, blocks: turn(at: time)?.blocks ?? [], inputs: node.inputs.map { placement(remembered($0)) },
          output: placement(remembered(.init(node: index)), writtenAt: time),
          scratchStorage: scratch == 0 ? nil : store("\(node.name) scratch again", scratch, time, time))
      }
      let reads = active ? node.signature.backwardReads : []
      steps.append(
        Plan.Step(
          name: node.name, layer: node.layer, inputs: node.inputs.map { placement(activation($0)) },
          outputs: activations[index].map { placement($0, writtenAt: index) },
          backwardInputs: reads.contains(.inputs) ? node.inputs.map { placement(remembered($0)) } : [],
          backwardOutputs: reads.contains(.outputs)
            ? node.signature.outputs.indices.map { placement(remembered(.init(node: index, output: $0))) } : [],
          outputGradients: active ? gradients[index].map { placement($0!) } : [],
          inputGradients: inputGradients,
          savedStorage: saved == 0 ? nil : store("\(node.name) saved", saved, index, active ? backward : index),
          forwardScratchStorage: scratch == 0 ? nil : store("\(node.name) scratch", scratch, index, index),
          backwardScratchStorage: scratch == 0 || !active
            ? nil : store("\(node.name) backward scratch", scratch, backward, backward),
          parameters: entries, parameterGradients: active ? parameterGradients(index) : [],
          isFrozen: node.role.isFrozen,
          packing: packing(node, at: index), folded: fold(node, at: index),
          pooledChannels: channels..<channels + pooled,
          pausesForPooling: pooled > 0 && (poolsStatistics || node.signature.needsPooling),
          isView: node.layer is Input || node.signature.forwardAliasing == .view,
          backwardIsView: node.signature.backwardAliasing == .view, runsBackward: active,
          multiplications: node.signature.multiplications * (node.role.strips?.count ?? 1),
          strips: node.role.strips?.count ?? 1,
          layerIndex: layerIndices[node.name] ?? numbers[index].index, backwardTime: backward,
          forwardBlocks: turn(at: index)?.blocks ?? [], backwardBlocks: turn(at: backward)?.blocks ?? [], again: again,
          gradientsFinalAfter: uses.isLastBackward(index)
            ? entries.filter(\.hasGradient).map(\.range.upperBound).max() ?? 0 : 0))
      channels += pooled
    }
    let inputs = graph.inputs.map { placement(activation($0)) }
    let outputs = graph.outputs.map { placement(activation($0)) }
    let predictions = graph.predictions.map { placement(activation($0)) }
    let predictionStrips = graph.predictions.map { graph.nodes[$0.node].role.strips }
    let outputGradients = graph.outputs.compactMap { gradient($0).map { placement($0) } }
    let inputGradients = wantsInputGradients ? graph.inputs.map { placement(gradient($0)!) } : []
    let kept = keeping.mapValues { placement(activation(.init(node: graph.index(named: $0)!))) }

    let total = Allocator(gap: gap).place(&storages)
    // With guards every storage is treated as if it had served something else, so that all of them are poisoned.
    if gap > 0 { for index in storages.indices { storages[index].isShared = true } }
    return Plan(
      name: graph.name, mode: mode, lanes: lanes, table: table, factors: factors, steps: steps, inputs: inputs,
      outputs: outputs, inputCuts: inputCuts, predictions: predictions, predictionStrips: predictionStrips,
      outputGradients: outputGradients, inputGradients: inputGradients, kept: kept, storages: storages,
      arenaCount: total, turns: turns, lossTime: schedule.lossTime, bordered: bordered, pooledChannelCount: channels,
      unreachedGradients: mode == .inference
        ? [] : table.entries.filter { $0.hasGradient && !uses.contains($0.layer) }.map(\.range))
  }
}
