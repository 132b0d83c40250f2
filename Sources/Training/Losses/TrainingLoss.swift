import Datasets
import Kernels
import Networks
import Tensors

/// A loss of a run: a node behind the model, and how much it counts.
struct TrainingLoss: Sendable {
  /// Before it takes over the softmax or the sigmoids of the output.
  var node: Graph.Loss
  /// Of the output, among those that are added up.
  var weight = 1.0
  /// The column of the target; nil is the label.
  var column: String?
  var choice = OutputChoice()
  /// What the images of each class count; nil where all count the same.
  var classWeights: Buffer?
  /// Whether classes exclude each other; otherwise each is there or not.
  var isExclusive = true
  /// What probabilities are made of the predictions by, where they are logits.
  var activation: ActivationFunction?
  var metrics: [OutputMetric] = []

  /// The same loss where every image counts the same, as evaluation has it.
  var unweighted: TrainingLoss {
    var copy = self
    copy.classWeights = nil
    return copy
  }

  /// Whether it tells classes or labels from each other.
  var isClassification: Bool {
    column == nil && (node.layer is SparseCategoricalCrossentropy || node.layer is BinaryCrossentropy)
  }

  /// What the image of a lane counts.
  func imageWeight(_ shard: LoadedShard, lane: Int) -> Float {
    guard let classWeights else { return shard.weights[lane] }
    return shard.weights[lane]
      * classWeights[Int(shard.targets[node.target][lane: lane, depth: 0, height: 0, width: 0, channel: 0])]
  }
}
