import Tensors

/// One layer of a network with everything it is called with, made once.
struct LayerCall: Sendable {
  let layer: any Layer
  /// What `Network.prepare` does.
  let prepares: Preparation?
  /// What is packed just before forward and backward.
  let packsForward: Preparation?
  let packsBackward: Preparation?
  /// One for each block of channels; a single one where there are none.
  let forwardPasses: [ForwardPass]
  /// Empty where backward does not reach.
  let backwardPasses: [BackwardPass]
  let states: [Buffer]
  let pooledChannels: Range<Int>
  let pausesForPooling: Bool
  let isView: Bool
  let backwardIsView: Bool
  /// What backward of a shared layer's earlier calls adds to the gradients of its last one, and where.
  let addedGradients: [(buffer: Buffer, place: Range<Int>)]
  /// Tensors whose borders are zeroed before forward and before backward.
  let zeroedForward: [Tensor]
  let zeroedBackward: [Tensor]
  /// How the layer runs again in backward.
  let again: Repetition?
  /// Floats at the start of the gradient buffer that are final once backward of this layer has run; 0 if it adds none.
  let gradientsFinalAfter: Int

  /// Derives from the parameters what the kernels want.
  struct Preparation: Sendable {
    let folding: FoldingCall?
    let pass: PreparePass
  }

  struct Repetition: Sendable {
    let packs: Preparation?
    let passes: [ForwardPass]
    let zeroed: [Tensor]
  }

  private static func forEach<Pass>(_ blocks: [Range<Int>], _ makePass: (Range<Int>?) -> Pass) -> [Pass] {
    blocks.isEmpty ? [makePass(nil)] : blocks.map(makePass)
  }

  /// State that all calls of a network share.
  struct Maker {
    let plan: Plan
    let weights: Weights
    let arena: Arena
    let shard: ShardContext
    let moments: ChannelMoments
    let gradientSums: Buffer

    func call(_ step: Plan.Step, at index: Int) -> LayerCall {
      let (parameters, folding) = parameters(of: step)
      var added: [(buffer: Buffer, place: Range<Int>)] = []
      let parameterGradients = step.parameterGradients.map { gradient -> BackwardPass.ParameterGradient in
        switch gradient {
        case .place(let range): return .place(range)
        case .factors(let place): return .factors(place.factors, place.range)
        case .discarded(let storage): return .buffer(buffer(storage))
        case .added(let storage, let range):
          added.append((buffer(storage), range))
          return .buffer(buffer(storage))
        }
      }
      let saved = buffer(step.savedStorage)
      let packing = packing(of: step)
      func preparation(_ target: Buffer?, forward: Bool, backward: Bool) -> Preparation? {
        guard let target else { return nil }
        return Preparation(
          folding: folding,
          pass: PreparePass(
            inputs: step.inputs.map(\.shape), parameters: parameters, prepared: target, mode: plan.mode,
            forward: forward,
            backward: backward))
      }
      let channels = step.pooledChannels
      let losses = step.layer is any LossLayer ? LaneNumbers(lanes: plan.lanes) : .empty
      func passes(
        _ blocks: [Range<Int>], _ inputs: [Plan.Placement], _ outputs: [Plan.Placement], scratch: Int?, prepared: Buffer
      ) -> [ForwardPass] {
        LayerCall.forEach(blocks) { block in
          ForwardPass(
            block: block, inputs: inputs.map { tensor($0, block) }, outputs: outputs.map { tensor($0, block) },
            parameters: parameters, prepared: prepared, saved: saved, scratch: buffer(scratch),
            moments: moments[channels],
            mode: plan.mode, layerIndex: step.layerIndex, shard: shard, strips: step.strips, losses: losses)
        }
      }
      let again = step.again.map { again in
        Repetition(
          packs: preparation(packing.againAtUse, forward: true, backward: false),
          passes: passes(
            again.blocks, again.inputs, [again.output], scratch: again.scratchStorage,
            prepared: packing.againAtUse ?? packing.forward),
          zeroed: plan.zeroed(at: again.time).map { tensor($0) })
      }
      let backwardPasses = LayerCall.forEach(step.backwardBlocks) { block in
        BackwardPass(
          block: block, inputs: step.backwardInputs.map { tensor($0, block) },
          outputs: step.backwardOutputs.map { tensor($0, block) },
          outputGradients: step.outputGradients.map { tensor($0, block) },
          inputGradients: step.inputGradients.map { $0.map { tensor($0, block) } }, parameters: parameters,
          prepared: packing.backward, saved: saved, scratch: buffer(step.backwardScratchStorage),
          moments: moments[channels],
          gradientSums: gradientSums[2 * channels.lowerBound..<2 * channels.upperBound], layerIndex: step.layerIndex,
          isFrozen: step.isFrozen, shard: shard, strips: step.strips, parameterGradients: parameterGradients)
      }
      return LayerCall(
        layer: step.layer.bound(to: step.inputs.map(\.shape)),
        prepares: preparation(packing.once, forward: true, backward: plan.mode == .training),
        packsForward: preparation(packing.forwardAtUse, forward: true, backward: false),
        packsBackward: preparation(packing.backwardAtUse, forward: false, backward: true),
        forwardPasses: passes(
          step.forwardBlocks, step.inputs, step.outputs, scratch: step.forwardScratchStorage,
          prepared: packing.forward),
        backwardPasses: step.runsBackward ? backwardPasses : [],
        states: zip(step.parameters, parameters).filter { $0.0.parameter.isState }.map(\.1), pooledChannels: channels,
        pausesForPooling: step.pausesForPooling,
        isView: step.isView, backwardIsView: step.backwardIsView,
        addedGradients: added, zeroedForward: plan.zeroed(at: index).map { tensor($0) },
        zeroedBackward: plan.zeroed(at: step.backwardTime).map { tensor($0) }, again: again,
        gradientsFinalAfter: step.gradientsFinalAfter)
    }

    /// The buffers of a layer's parameters, and what it takes to make them where a normalisation is part of them.
    private func parameters(of step: Plan.Step) -> ([Buffer], FoldingCall?) {
      let own = step.parameters.map { weights[$0] }
      guard let folded = step.folded else { return (own, nil) }
      let others = folded.parameters.map { weights[$0] }
      let (kernel, bias) = (buffer(folded.kernelStorage), buffer(folded.biasStorage))
      let (mean, variance) = folded.layer.movingStatistics(others)
      let call = FoldingCall(
        normalization: folded.layer.kernel(others), mean: mean, variance: variance, kernel: own[0],
        bias: own.count > 1 ? own[1] : nil, foldedKernel: kernel, foldedBias: bias)
      return ([kernel, bias], call)
    }

    /// Where a layer finds its packed parameters, and what has to be packed when.
    private func packing(of step: Plan.Step) -> PackedBuffers {
      switch step.packing {
      case .shared(let range):
        let shared = weights.prepared[range]
        return PackedBuffers(once: shared, forward: shared, backward: shared)
      case .own(let storage):
        let own = buffer(storage)
        return PackedBuffers(once: own, forward: own, backward: own)
      case .atUse(let forward, let backward, let again):
        let (first, second) = (buffer(forward), backward.map { buffer($0) })
        return PackedBuffers(
          forward: first, backward: second ?? first, forwardAtUse: first, backwardAtUse: second,
          againAtUse: again.map { buffer($0) })
      }
    }

    private struct PackedBuffers {
      var once: Buffer?
      let forward: Buffer, backward: Buffer
      var forwardAtUse: Buffer?, backwardAtUse: Buffer?, againAtUse: Buffer?
    }

    /// - Parameter block: some of its channels; nil for all that there is memory for.
    func tensor(_ placement: Plan.Placement, _ block: Range<Int>? = nil) -> Tensor {
      let start = plan.storages[placement.storage].offset + placement.start
      let whole = Tensor(
        placement.shape.with(channels: placement.layout.channels), layout: placement.layout,
        storage: arena.buffer[start..<start + placement.layout.count])
      guard let block else { return whole }
      return whole.channels(
        from: placement.holdsBlock ? 0 : block.lowerBound, as: placement.shape.with(channels: block.count),
        isStreamed: whole.isStreamed && !placement.isReadSoon && !placement.holdsBlock)
    }

    private func buffer(_ storage: Int?) -> Buffer {
      guard let storage else { return arena.buffer[0..<0] }
      return arena.buffer[plan.storages[storage].range]
    }
  }
}
