import Tensors

/// One layer of a network with everything it is called with, made once.
struct LayerCall: Sendable {
  let layer: any Layer
  let preparePass: PreparePass
  let forwardPass: ForwardPass
  /// Nil where backward does not reach.
  let backwardPass: BackwardPass?
  let states: [Buffer]
  let pooledChannels: Range<Int>
  let isView: Bool
  let backwardIsView: Bool
  let zeroedOutputs: [Tensor]
  let zeroedInputGradients: [Tensor]
  /// What backward of a shared layer's earlier calls adds to the gradients of its last one, and where.
  let addedGradients: [(buffer: Buffer, place: Range<Int>)]
  /// Floats at the start of the gradient buffer that are final once backward of this layer has run; 0 if it adds none.
  let gradientsFinalAfter: Int

  /// What all calls of a network share.
  struct Maker {
    let plan: Plan
    let weights: Weights
    let arena: Arena
    let shard: ShardContext
    let moments: ChannelMoments
    let gradientSums: Buffer

    func call(_ step: Plan.Step) -> LayerCall {
      let parameters = step.parameters.map { weights[$0] }
      var added: [(buffer: Buffer, place: Range<Int>)] = []
      let parameterGradients = step.parameterGradients.map { gradient -> BackwardPass.ParameterGradient in
        switch gradient {
        case .place(let range): return .place(range)
        case .discarded(let storage): return .buffer(buffer(storage))
        case .added(let storage, let range):
          added.append((buffer(storage), range))
          return .buffer(buffer(storage))
        }
      }
      let inputs = step.inputs.map(tensor)
      let outputs = step.outputs.map(tensor)
      let saved = buffer(step.savedStorage)
      let prepared = weights.prepared[step.prepared]
      let channels = step.pooledChannels
      let forwardPass = ForwardPass(
        inputs: inputs, outputs: outputs, parameters: parameters, prepared: prepared, saved: saved,
        scratch: buffer(step.forwardScratchStorage), moments: moments[channels], mode: plan.mode, layerIndex: step.layerIndex,
        shard: shard)
      let backwardPass = BackwardPass(
        inputs: step.backwardReads.contains(.inputs) ? inputs : [],
        outputs: step.backwardReads.contains(.outputs) ? outputs : [],
        outputGradients: step.outputGradients.map(tensor), inputGradients: step.inputGradients.map { $0.map(tensor) },
        parameters: parameters, prepared: prepared, saved: saved, scratch: buffer(step.backwardScratchStorage),
        moments: moments[channels], gradientSums: gradientSums[2 * channels.lowerBound..<2 * channels.upperBound],
        layerIndex: step.layerIndex, isFrozen: step.isFrozen, shard: shard, parameterGradients: parameterGradients)
      return LayerCall(
        layer: step.layer.bound(to: step.inputs.map(\.shape)), preparePass: PreparePass(inputs: step.inputs.map(\.shape), parameters: parameters, prepared: prepared, mode: plan.mode),
        forwardPass: forwardPass, backwardPass: step.runsBackward ? backwardPass : nil,
        states: zip(step.parameters, parameters).filter { $0.0.parameter.kind == .state }.map(\.1), pooledChannels: channels,
        isView: step.isView, backwardIsView: step.backwardIsView,
        zeroedOutputs: step.outputs.filter(\.zeroesBorder).map(tensor),
        zeroedInputGradients: step.inputGradients.compactMap(\.self).filter(\.zeroesBorder).map(tensor),
        addedGradients: added, gradientsFinalAfter: step.gradientsFinalAfter)
    }

    func tensor(_ placement: Plan.Placement) -> Tensor {
      let storage = plan.storages[placement.storage]
      return Tensor(placement.shape, layout: placement.layout, storage: arena.buffer[storage.range])
    }

    private func buffer(_ storage: Int?) -> Buffer {
      guard let storage else { return arena.buffer[0..<0] }
      return arena.buffer[plan.storages[storage].range]
    }
  }
}
