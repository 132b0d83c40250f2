import Tensors

extension PlanDraft {
  /// Places every group of tensors, saved buffer and scratch, and writes the plan down.
  func finish(table: ParameterTable, gap: Int) -> Plan {
    var storages: [Storage] = []
    var storageOfGroup: [Int: Int] = [:]
    func store(_ label: String, _ count: Int, _ start: Int, _ end: Int) -> Int {
      storages.append(Storage(label: label, count: count, start: start, end: end))
      return storages.count - 1
    }
    func placement(_ tensor: Int) -> Plan.Placement {
      let group = lifetimes[tensor]
      let layout = Layout(lifetimes.tensors[tensor].shape, lanes: lanes, border: group.border)
      let root = lifetimes.group(tensor)
      let storage = storageOfGroup[root] ?? store(group.label, layout.count, group.firstWrite, group.lastRead)
      storageOfGroup[root] = storage
      return Plan.Placement(shape: lifetimes.tensors[tensor].shape, layout: layout, storage: storage)
    }

    let uses = ParameterUses(graph)
    /// Where the gradients of a node's parameters go.
    func parameterGradients(_ index: Int) -> [Plan.ParameterGradient] {
      let node = graph.nodes[index]
      func extra(_ entry: ParameterTable.Entry) -> Int {
        let time = backwardTime(index)
        return store("\(node.name) \(entry.parameter.name) gradient", entry.parameter.count, time, time)
      }
      return table.entries(of: node).compactMap { entry in
        switch entry.parameter.kind {
        case .trainable where uses.isFirstBackward(index): .place(entry.range)
        case .trainable: .added(storage: extra(entry), to: entry.range)
        case .frozen where node.signature.readsWhenFrozen == nil: .discarded(storage: extra(entry))
        case .frozen, .state: nil
        }
      }
    }

    var steps: [Plan.Step] = []
    var channels = 0
    var layerIndex = 0
    for (index, node) in graph.nodes.enumerated() {
      let active = isActive[index] && !(node.layer is Input)
      let entries = Array(table.entries(of: node))
      let inputGradients = node.inputs.map { active ? gradient($0).map(placement) : nil }
      let saved = node.signature.saved(lanes)
      let scratch = node.signature.scratch(lanes)
      let pooled = mode == .training ? node.signature.pooledChannels : 0
      let backward = backwardTime(index)
      steps.append(
        Plan.Step(
          name: node.name, layer: node.layer, inputs: node.inputs.map { placement(activation($0)) },
          outputs: activations[index].map(placement),
          outputGradients: active ? gradients[index].map { placement($0!) } : [],
          inputGradients: inputGradients,
          savedStorage: saved == 0 ? nil : store("\(node.name) saved", saved, index, active ? backward : index),
          forwardScratchStorage: scratch == 0 ? nil : store("\(node.name) scratch", scratch, index, index),
          backwardScratchStorage: scratch == 0 || !active
            ? nil : store("\(node.name) backward scratch", scratch, backward, backward),
          parameters: entries, parameterGradients: active ? parameterGradients(index) : [], isFrozen: node.role.isFrozen,
          prepared: table.preparedRange(of: node),
          pooledChannels: channels..<channels + pooled,
          isView: node.layer is Input || node.signature.forwardAliasing == .view,
          backwardIsView: node.signature.backwardAliasing == .view, runsBackward: active,
          layerIndex: layerIndex, backwardReads: node.signature.backwardReads,
          gradientsFinalAfter: uses.isLastBackward(index)
            ? entries.filter { $0.parameter.kind == .trainable }.map(\.range.upperBound).max() ?? 0 : 0))
      channels += pooled
      if !(node.layer is Split) { layerIndex += 1 }
    }
    var inputs = graph.inputs.map { placement(activation($0)) }
    let outputs = graph.outputs.map { placement(activation($0)) }
    var outputGradients = graph.outputs.compactMap { gradient($0).map(placement) }
    let inputGradients = wantsInputGradients ? graph.inputs.map { placement(gradient($0)!) } : []
    let kept = keeping.mapValues { placement(activation(.init(node: graph.index(named: $0)!))) }

    let total = Allocator(gap: gap).place(&storages)
    // With guards every storage is treated as if it had served something else, so that all of them are poisoned.
    if gap > 0 { for index in storages.indices { storages[index].isShared = true } }
    markBorders(of: &inputs, in: storages, at: -1)
    markBorders(of: &outputGradients, in: storages, at: lossTime)
    for index in steps.indices { markBorders(of: &steps[index], in: storages, at: index) }
    return Plan(
      name: graph.name, mode: mode, lanes: lanes, table: table, steps: steps, inputs: inputs, outputs: outputs,
      outputGradients: outputGradients, inputGradients: inputGradients, kept: kept, storages: storages, arenaCount: total,
      pooledChannelCount: channels,
      unreachedGradients: mode == .inference
        ? [] : table.entries.filter { $0.parameter.kind == .trainable && !uses.contains($0.layer) }.map(\.range))
  }

  /// A border is zeroed by whoever writes the storage first, and only where the memory has served something else: the arena
  /// starts out zero, and nobody writes into borders.
  private func markBorders(of placements: inout [Plan.Placement], in storages: [Storage], at time: Int) {
    for index in placements.indices {
      let storage = storages[placements[index].storage]
      placements[index].zeroesBorder = storage.isShared && storage.start == time && placements[index].layout.border != .none
    }
  }

  private func markBorders(of step: inout Plan.Step, in storages: [Storage], at index: Int) {
    var gradients = step.inputGradients.compactMap(\.self)
    markBorders(of: &step.outputs, in: storages, at: index)
    markBorders(of: &gradients, in: storages, at: backwardTime(index))
    var iterator = gradients.makeIterator()
    step.inputGradients = step.inputGradients.map { $0 == nil ? nil : iterator.next()! }
  }
}
