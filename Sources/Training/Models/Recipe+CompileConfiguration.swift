import Keras
import Kernels
import Networks

extension Recipe {
  /// What Keras would be compiled with to train on as this run does; nil where Keras has no such optimizer, and for
  /// several outputs.
  ///
  /// - Parameters:
  ///   - stage: which the run is in.
  ///   - state: where it stands.
  func compileConfiguration(_ stage: TrainingStage, _ state: TrainingState) -> CompileConfiguration? {
    guard stage.graph.outputs.count == 1 else { return nil }
    let rate = Double(stage.rate(at: state.step, after: state.history))
    guard let object = optimizer.kerasObject(rate: stage.kerasRate(current: rate), average: average) else { return nil }
    let loss = kerasLoss(of: stage.graph)
    return CompileConfiguration(optimizer: object, losses: .all(loss.loss), metrics: .all([loss.metric]))
  }

  /// The loss that the end of the model asks for, and the share of right answers, as Keras has them.
  func kerasLoss(
    of graph: Graph
  ) -> (loss: CompileConfiguration.Object, metric: CompileConfiguration.Object) {
    let isFromLogits = ![.softmax, .sigmoid].contains(graph.finalActivation ?? .linear)
    var arguments: [String: JSONValue] = isFromLogits ? ["from_logits": true] : [:]
    if labelSmoothing > 0 { arguments["label_smoothing"] = .number(labelSmoothing) }
    if graph.endsInSigmoids {
      let metric: CompileConfiguration.Object =
        isFromLogits ? .init("BinaryAccuracy", ["threshold": 0]) : .init("BinaryAccuracy")
      return (.init("BinaryCrossentropy", arguments), metric)
    }
    // Keras smooths labels of one number for each class only.
    return labelSmoothing > 0
      ? (.init("CategoricalCrossentropy", arguments), .init("CategoricalAccuracy"))
      : (.init("SparseCategoricalCrossentropy", arguments), .init("SparseCategoricalAccuracy"))
  }
}
