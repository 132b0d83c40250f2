import Datasets
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
  /// The number above which a prediction of yes or no, as the loss reads it, is yes; nil where classes exclude each
  /// other.
  var threshold: Float?

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
    guard let classWeights else { return 1 }
    return classWeights[Int(shard.targets[node.target][lane: lane, depth: 0, height: 0, width: 0, channel: 0])]
  }

  /// Images of a shard whose most probable class is theirs, the first of equal ones; where labels are yes or no, those
  /// all of whose labels are right.
  func correct(_ predictions: Tensor, target: Tensor, live: Int) -> Int {
    let channels = predictions.shape.channels
    func value(_ tensor: Tensor, _ lane: Int, _ channel: Int) -> Float {
      tensor[lane: lane, depth: 0, height: 0, width: 0, channel: channel]
    }
    return (0..<live).count { lane in
      if let threshold {
        return (0..<channels).allSatisfy {
          (value(predictions, lane, $0) > threshold) == (value(target, lane, $0) == 1)
        }
      }
      var best = 0
      for channel in 1..<max(1, channels) where value(predictions, lane, channel) > value(predictions, lane, best) {
        best = channel
      }
      return Float(best) == value(target, lane, 0)
    }
  }
}
