import Datasets
import Kernels
import Networks
import Tensors

extension Recipe {
  /// The losses of a model, in the order of its outputs.
  func losses(of graph: Graph) throws(TrainingError) -> [TrainingLoss] {
    let isOfLogits = (graph.finalActivation ?? .linear) == .linear
    let layer: any LossLayer =
      graph.endsInSigmoids
      ? BinaryCrossentropy(isOfLogits: isOfLogits, labelSmoothing: labelSmoothing)
      : SparseCategoricalCrossentropy(isOfLogits: isOfLogits, labelSmoothing: labelSmoothing)
    let node = Graph.Loss(name: graph.nodes[graph.outputs[0].node].name, layer: layer, outputs: [0], target: 0)
    return [TrainingLoss(node: node, threshold: graph.endsInSigmoids ? 0 : nil)]
  }

  /// The same, with what the images of each class of the data count.
  func losses(of graph: Graph, trainedOn source: any DataSource) throws(TrainingError) -> [TrainingLoss] {
    var losses = try losses(of: graph)
    losses[0].classWeights = try classWeights(
      of: source, classes: graph.endsInSigmoids ? 2 : graph.outputShapes[0].channels)
    return losses
  }

  /// The graph that trains: the model with its losses behind it.
  func trainingGraph(_ graph: Graph) throws(TrainingError) -> Graph {
    let losses = try losses(of: graph).map(\.node)
    do { return try graph.trained(with: losses) } catch { throw TrainingError(.configuration, error.description) }
  }
}
