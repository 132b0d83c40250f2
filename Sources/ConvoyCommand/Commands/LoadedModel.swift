import Keras
import Networks
import Tensors
import Training

/// A model from a file, with its weights.
struct LoadedModel {
  let file: String
  let graph: Graph
  let weights: Weights

  /// - Parameter architecture: what weights belong to that come without one.
  init(_ file: String, _ architecture: Graph? = nil) throws {
    try Checkpoint.requireSound(file)
    self.file = file
    if let architecture {
      (graph, weights) = (architecture, Weights(ParameterTable(architecture)))
      try KerasWeights(reading: file).load(into: weights, of: graph)
    } else {
      let model = try KerasModel(reading: file)
      (graph, weights) = (model.graph, Weights(ParameterTable(model.graph)))
      try model.load(into: weights)
    }
  }

  /// The only input of a classifier.
  var input: Shape { graph.inputShapes[0] }

  /// What a classifier tells apart.
  var classes: Int { graph.outputShapes[0].channels }

  func requireClassifier() throws(TrainingError) {
    guard graph.inputs.count == 1, graph.outputs.count == 1, graph.outputShapes[0].rank == 1 else {
      throw TrainingError(
        .data,
        "\(file): the model '\(graph.name)' does not classify: it needs one input and one output of shape (classes,), but has inputs \(graph.inputShapes.map(\.description).joined(separator: ", ")) and outputs \(graph.outputShapes.map(\.description).joined(separator: ", "))."
      )
    }
  }
}
