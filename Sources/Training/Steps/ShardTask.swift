import Datasets
import Kernels
import Networks
import Tasks
import Tensors

/// A network with all that it needs to work on one shard of a batch. Used by one thread at a time.
final class ShardTask: @unchecked Sendable {
  let network: Network
  let seed: UInt64
  let losses: [TrainingLoss]
  /// What the metrics of each loss have counted of the last shard.
  private var states: [[MetricState]]
  /// Predictions with the last activation, for metrics that do not read them without.
  private let probabilities: [Tensor?]
  /// Targets in the strips of predictions that are cut, and how they come there.
  private let cutTargets: [(move: StripMove, target: Tensor)?]

  init(network: Network, seed: UInt64, losses: [TrainingLoss]) {
    (self.network, self.seed, self.losses) = (network, seed, losses)
    states = losses.map { $0.metrics.map(\.empty) }
    probabilities = zip(losses, network.predictions).map { loss, tensor in
      loss.metrics.contains { $0.activation != nil } ? Tensor(tensor.shape, lanes: tensor.lanes) : nil
    }
    let targets = network.inputs.suffix((losses.map(\.node.target).max() ?? -1) + 1)
    cutTargets = zip(losses, network.plan.predictionStrips).map { loss, strips in
      guard let strips, !loss.metrics.isEmpty else { return nil }
      let target = targets[targets.startIndex + loss.node.target]
      return (
        StripMove(from: Strips(strips.axis, count: 1), to: strips),
        Tensor(strips.strip(of: target.shape)!, lanes: target.lanes)
      )
    }
  }

  /// Puts the shard into the network.
  func load(_ shard: LoadedShard, step: Int) {
    network.load(
      shard.inputs, targets: shard.targets, live: shard.liveCount, samples: shard.draws, step: step, seed: seed)
  }

  /// What forward came to: the losses, and what layers add to them. Writes the gradients that backward starts from:
  /// what each image counts in each loss, 0 in dead lanes.
  ///
  /// - Parameters:
  ///   - scale: of the gradients: one over the samples of the batch.
  ///   - statistics: receives the loss, 1 if moments are not finite, otherwise 0, the losses of several outputs, and
  ///     what metrics count.
  func finishForward(_ shard: LoadedShard, scale: Float, into statistics: Buffer) {
    network.shard.imageWeight = scale
    for (index, loss) in losses.enumerated() {
      let gradient = network.outputGradients[index]
      for lane in 0..<gradient.lanes {
        let weight = lane < shard.liveCount ? Double(shard.weights[lane]) * loss.weight : 0
        gradient[lane: lane, depth: 0, height: 0, width: 0, channel: 0] = Float(weight) * scale
      }
    }
    statistics[0] = Float(lossSum(shard) + network.shard.penalty)
    // A loss can be finite although they are not: ReLU, for one, takes NaN for 0.
    statistics[1] = network.momentStorage.isFinite ? 0 : 1
    if losses.count > 1 { for index in losses.indices { statistics[2 + index] = Float(lossSum(index, shard)) } }
    count(shard)
    let words = statistics[losses.sumCount..<statistics.count]
    var position = 0
    for index in states.indices {
      for metric in states[index].indices { states[index][metric].write(into: words, at: &position) }
    }
  }

  /// The losses that forward came to, and what the metrics count.
  func measure(_ shard: LoadedShard) -> Metrics {
    var metrics = losses.emptyMetrics
    (metrics.lossSum, metrics.samples) = (lossSum(shard), shard.liveCount)
    count(shard)
    var place = 0
    for index in losses.indices {
      if losses.count > 1 {
        metrics.scores[place].sum = lossSum(index, shard)
        place += 1
      }
      for state in states[index] {
        metrics.scores[place].state = state
        place += 1
      }
    }
    return metrics
  }

  /// Over the outputs, their weight times the sum over the images of the weight of each times its loss.
  private func lossSum(_ shard: LoadedShard) -> Double {
    var sum = 0.0
    for index in losses.indices { sum += losses[index].weight * lossSum(index, shard) }
    return sum
  }

  private func lossSum(_ index: Int, _ shard: LoadedShard) -> Double {
    var sum = 0.0
    for lane in 0..<shard.liveCount {
      sum += Double(shard.weights[lane]) * network.losses[index][lane]
    }
    return sum
  }

  private func count(_ shard: LoadedShard) {
    for index in losses.indices {
      let (predictions, whole, cut) = (
        network.predictions[index], shard.targets[losses[index].node.target], cutTargets[index]
      )
      cut?.move(whole, into: cut!.target)
      if let probabilities = probabilities[index] { losses[index].activation?.apply(predictions, into: probabilities) }
      for place in states[index].indices {
        let metric = losses[index].metrics[place]
        states[index][place].reset()
        metric.metric.update(
          &states[index][place], output: metric.activation == nil ? predictions : probabilities[index]!,
          target: cut?.target ?? whole, live: shard.liveCount * (cut?.move.target.count ?? 1), weights: nil)
      }
    }
  }
}
