import Kernels
public import Tensors

extension Network {
  /// Puts a shard into the network.
  ///
  /// - Parameters:
  ///   - inputs: one tensor for each input of the model, with a sample in each of its first `live` lanes.
  ///   - targets: one for each target of the losses; empty for a network without losses.
  ///   - samples: which sample is in which lane, which keys its random numbers; 0 in dead lanes.
  ///   - step: of training, from 0.
  public func load(
    _ inputs: [Tensor], targets: [Tensor] = [], live: Int, samples: [UInt32] = [], step: Int = 0, seed: UInt64 = 0
  ) {
    precondition(
      inputs.count + targets.count == self.inputs.count,
      "\(inputs.count) inputs and \(targets.count) targets for a network that takes \(self.inputs.count)")
    (shard.live, shard.step, shard.seed) = (live, step, seed)
    for lane in samples.indices { shard.sampleIDs[lane] = samples[lane] }
    beginInputs()
    for (index, tensor) in inputs.enumerated() { Elementwise.copy(tensor, into: self.inputs[index]) }
    for (index, tensor) in targets.enumerated() { Elementwise.copy(tensor, into: self.inputs[inputs.count + index]) }
  }

  /// Puts samples into the network that lie one behind the other in plain arrays, row-major with channels last.
  ///
  /// - Parameters:
  ///   - arrays: one for each input.
  ///   - range: of the samples; at most `Plan.mostImages`.
  public func load(_ arrays: [[Float]], range: Range<Int>) {
    precondition(arrays.count == inputs.count && range.count <= plan.mostImages)
    shard.live = range.count
    beginInputs()
    for (tensor, values) in zip(inputs, arrays) {
      let size = tensor.shape.count
      for (lane, sample) in range.enumerated() {
        tensor.setSample(lane, values[sample * size..<(sample + 1) * size])
      }
    }
  }

  /// What came out for the live samples, one behind the other.
  public func read(_ tensor: Tensor) -> [Float] { (0..<shard.live).flatMap { tensor.sample($0) } }
}
