import Datasets
import Kernels
import Networks
import Tasks
import Tensors

/// Counts what a task reports of the shards that one network runs, and keeps the images that are worst.
struct TaskCounter {
  /// The counts so far; they merge with that of other networks and ranks in any order.
  struct Count: Codable, Sendable {
    /// For each output, of each metric that its task reports.
    var states: [[MetricState]]
    var worst: WorstImages

    mutating func merge(_ other: Count) {
      for output in states.indices {
        for place in states[output].indices { states[output][place].merge(other.states[output][place]) }
      }
      worst.merge(other.worst)
    }

    static func merged(_ parts: [Count]) -> Count? {
      parts.dropFirst().reduce(into: parts.first) { $0?.merge($1) }
    }
  }

  private(set) var count: Count
  private let losses: [TrainingLoss]
  private let metrics: [[OutputMetric]]
  /// Predictions with the last activation, for metrics that do not read them without.
  private let probabilities: [Tensor?]
  /// Of single images, and of which output; nil takes their loss.
  private let ranking: (output: Int, metric: OutputMetric)?
  private var imageScores: ImageScores?

  init(_ task: any LearningTask, _ losses: [TrainingLoss], _ network: Network, targets: [Shape]) throws(ShapeError) {
    self.losses = losses
    func metric(_ named: NamedMetric, _ output: Int) throws(ShapeError) -> OutputMetric {
      try OutputMetric(
        named, output: network.predictions[output].shape, target: targets[output],
        activation: losses[output].activation, prefix: "")
    }
    var metrics: [[OutputMetric]] = []
    for (output, reported) in task.reportMetrics.enumerated() {
      metrics.append(try reported.map { named throws(ShapeError) in try metric(named, output) })
    }
    self.metrics = metrics
    if let (output, named) = task.ranking {
      let wanted = try metric(named, output)
      ranking = (output, wanted)
      imageScores = try ImageScores(
        wanted.metric, output: network.predictions[output].shape, target: targets[output])
    } else {
      ranking = nil
    }
    let ranking = self.ranking
    probabilities = losses.indices.map { output in
      let isRanked = ranking?.output == output && ranking?.metric.activation != nil
      let tensor = network.predictions[output]
      return isRanked || metrics[output].contains { $0.activation != nil }
        ? Tensor(tensor.shape, lanes: tensor.lanes) : nil
    }
    count = Count(states: metrics.map { $0.map(\.empty) }, worst: WorstImages(task.ranking?.metric))
  }

  /// Counts the live images of a shard behind its forward pass.
  mutating func add(_ shard: LoadedShard, _ network: Network) {
    for (output, loss) in losses.enumerated() {
      let (predictions, target) = (network.predictions[output], shard.targets[loss.node.target])
      if let probabilities = probabilities[output] { loss.activation?.apply(predictions, into: probabilities) }
      for (place, metric) in metrics[output].enumerated() {
        metric.metric.update(
          &count.states[output][place], output: metric.activation == nil ? predictions : probabilities[output]!,
          target: target, live: shard.liveCount, weights: nil)
      }
    }
    for lane in 0..<shard.liveCount {
      guard let score = score(shard, network, lane: lane) else { continue }
      count.worst.add(score, sample: Int(shard.samples[lane]))
    }
  }

  private mutating func score(_ shard: LoadedShard, _ network: Network, lane: Int) -> Double? {
    guard let (output, metric) = ranking else {
      return losses.indices.reduce(0) { $0 + losses[$1].weight * network.losses[$1][lane] }
    }
    let values = metric.activation == nil ? network.predictions[output] : probabilities[output]!
    let target = shard.targets[losses[output].node.target]
    return imageScores?.score(values, target, lane: lane)
  }
}
