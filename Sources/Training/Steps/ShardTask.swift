import Datasets
import Kernels
import Networks
import Tensors

/// What a network needs to work on one shard of a batch.
struct ShardTask {
  let network: Network
  let seed: UInt64
  let losses: [TrainingLoss]

  init(network: Network, seed: UInt64, losses: [TrainingLoss]) {
    (self.network, self.seed, self.losses) = (network, seed, losses)
  }

  /// Puts the shard into the network.
  func load(_ shard: LoadedShard, step: Int) {
    network.load(
      shard.inputs, targets: shard.targets, live: shard.liveCount, samples: shard.samples, step: step, seed: seed)
  }

  /// What forward came to: the losses, and what layers add to them. Writes the gradients that backward starts from:
  /// what each image counts in each loss, 0 in dead lanes.
  ///
  /// - Parameters:
  ///   - scale: of the gradients: one over the samples of the batch.
  ///   - statistics: receives the loss, the right answers, the samples, and 1 if moments are not finite, otherwise 0.
  func finishForward(_ shard: LoadedShard, scale: Float, into statistics: Buffer) {
    network.shard.imageWeight = scale
    for (index, loss) in losses.enumerated() {
      let gradient = network.outputGradients[index]
      for lane in 0..<gradient.lanes {
        let weight = lane < shard.liveCount ? Double(loss.imageWeight(shard, lane: lane)) * loss.weight : 0
        gradient[lane: lane, depth: 0, height: 0, width: 0, channel: 0] = Float(weight) * scale
      }
    }
    let metrics = measure(shard)
    statistics[0] = Float(metrics.lossSum + network.shard.penalty)
    statistics[1] = Float(metrics.correct)
    statistics[2] = Float(shard.liveCount)
    // A loss can be finite although they are not: ReLU, for one, takes NaN for 0.
    statistics[3] = network.momentStorage.isFinite ? 0 : 1
  }

  /// The losses that forward came to, added up, and the right answers.
  func measure(_ shard: LoadedShard) -> Metrics {
    var sum = 0.0
    for (index, loss) in losses.enumerated() {
      var part = 0.0
      for lane in 0..<shard.liveCount {
        part += Double(loss.imageWeight(shard, lane: lane)) * network.losses[index][lane]
      }
      sum += loss.weight * part
    }
    var correct = 0
    if let index = losses.firstIndex(where: \.isClassification) {
      let target = shard.targets[losses[index].node.target]
      correct = losses[index].correct(network.predictions[index], target: target, live: shard.liveCount)
    }
    return Metrics(lossSum: sum, correct: correct, samples: shard.liveCount)
  }
}
