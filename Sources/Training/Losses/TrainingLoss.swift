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
  /// The shape of the output.
  var output: Shape = []
  /// The weights of images or pixels of each class in training; empty where all count the same.
  var classWeights: [Double] = []
  /// What probabilities are made of the predictions by, where they are logits.
  var activation: ActivationFunction?
  var metrics: [OutputMetric] = []

  /// The node that trains, in which classes count what they shall; evaluation has all of them count the same.
  var trainedNode: Graph.Loss {
    var node = node
    if !classWeights.isEmpty, var layer = node.layer as? any ClassWeightedLoss {
      layer.classWeights = classWeights
      node.layer = layer
    }
    return node
  }

  /// Whether it tells classes or labels from each other.
  var isClassification: Bool {
    column == nil && (node.layer is any ClassNumberLoss || node.layer is BinaryCrossentropy)
  }
}
