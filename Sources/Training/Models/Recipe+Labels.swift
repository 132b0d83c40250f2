import Datasets
import Kernels
import Networks
import Tensors

extension Recipe {
  /// Whether the model gets an output for each class of the data.
  var headFollowsData: Bool {
    if finetune?.head != nil { return true }
    if case .named = model { return true }
    return false
  }

  /// Classes want a softmax, or one sigmoid for two of them; multi-label data wants a sigmoid for each label.
  func requireLabels(_ source: any DataSource, for graph: Graph) throws(TrainingError) {
    guard source.labelColumn != nil else {
      throw TrainingError(
        .data,
        "\(source.location) has the columns \(source.columns.map(\.name).list), but none of classes to learn; name "
          + "one of the kind category or categories in 'data.columns'."
      )
    }
    let (outputs, isSigmoid) = (graph.outputShapes[0].channels, graph.endsInSigmoids)
    if let count = source.labelCount {
      guard !isSigmoid || outputs != count else { return }
      throw TrainingError(
        .configuration,
        "\(source.location) has \(count) labels for each image (multi-label), but the model '\(graph.name)' ends "
          + "in \(graph.outputShapes[0]) without sigmoids for them; end it in \(count) sigmoids, such as by "
          + "'finetune.head: {outputs: sigmoids}'."
      )
    }
    guard isSigmoid, outputs > 1 else { return }
    throw TrainingError(
      .configuration,
      "the model '\(graph.name)' ends in \(outputs) sigmoids, for multi-label data, but \(source.location) "
        + "has one class for each image; store 0 or 1 for each of (N, \(outputs)) labels in HDF5, or end it in a "
        + "softmax."
    )
  }
}
