import Keras
import Networks
import Tensors
import Training

/// A model from a Keras file, with its weights.
struct LoadedModel {
  let file: String
  let graph: Graph
  let weights: Weights

  init(_ file: String) throws {
    try Checkpoint.requireSound(file)
    let model = try KerasModel(reading: file)
    (self.file, graph, weights) = (file, model.graph, Weights(ParameterTable(model.graph)))
    try model.load(into: weights)
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
