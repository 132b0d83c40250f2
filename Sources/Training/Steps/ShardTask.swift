import Datasets
import Kernels
import Networks
import Tensors

/// What a network needs to work on one shard of a batch.
struct ShardTask {
  let network: Network
  let seed: UInt64
  let objective: Objective

  init(network: Network, seed: UInt64, objective: Objective) {
    (self.network, self.seed, self.objective) = (network, seed, objective)
  }

  /// Puts the shard into the network.
  func load(_ shard: LoadedShard, step: Int) {
    network.shard.live = shard.liveCount
    network.shard.step = step
    network.shard.seed = seed
    for lane in shard.samples.indices { network.shard.sampleIDs[lane] = shard.samples[lane] }
    network.beginInputs()
    network.write(shard.inputs[0], to: 0)
  }

  /// Loss of the network's outputs and what its layers add to that; writes the gradients that backward starts from.
  ///
  /// - Parameters:
  ///   - scale: of the gradients: one over the samples of the batch.
  ///   - statistics: receives the loss, the right answers, the samples, and 1 if moments are not finite, otherwise 0.
  func computeLoss(_ shard: LoadedShard, scale: Float, into statistics: Buffer) {
    let sums = objective.sums(network.outputs[0], shard, gradient: network.outputGradients[0], scale: scale)
    network.shard.imageWeight = scale
    statistics[0] = Float(sums.loss + network.shard.penalty)
    statistics[1] = Float(sums.correct)
    statistics[2] = Float(shard.liveCount)
    // A loss can be finite although they are not: ReLU, for one, takes NaN for 0.
    statistics[3] = network.momentStorage.isFinite ? 0 : 1
  }

  /// Loss of the network's outputs, without gradients.
  func measure(_ shard: LoadedShard) -> Metrics {
    let sums = objective.sums(network.outputs[0], shard)
    return Metrics(lossSum: sums.loss, correct: sums.correct, samples: shard.liveCount)
  }
}
