package import Networks

/// How a stage is run: the plans of its networks, and what is computed once instead of in every step.
package struct StagePlan: Sendable {
  package let stage: TrainingStage
  /// Of training; behind the features, where there are some.
  package let plan: Plan
  /// Of what is measured; nil where nothing is.
  let evaluation: Plan?
  let features: FeaturePlan?

  /// - Parameters:
  ///   - sources: nil where they are not there yet; nothing is measured or kept then.
  ///   - losses: of the run; nil takes those of the recipe, in which all classes count the same.
  init(
    _ stage: TrainingStage, _ recipe: Recipe, _ sources: TrainingSources?, losses: [TrainingLoss]? = nil,
    stepsPerEpoch: Int
  ) throws(TrainingError) {
    self.stage = stage
    let losses = if let losses { losses } else { try recipe.losses(of: stage.graph) }
    let whole = try recipe.makePlan(stage.trainedGraph, losses)
    let evaluation =
      sources?.monitored == nil
      ? nil : try recipe.makeEvaluationPlan(stage.graph, losses)
    features = try sources.flatMap { sources throws(TrainingError) in
      try FeaturePlan(
        recipe, stage, sources, losses, stepsPerEpoch: stepsPerEpoch, whole: whole, evaluation: evaluation)
    }
    plan = features?.suffix ?? whole
    self.evaluation = features == nil ? evaluation : features!.evaluationSuffix
  }

  /// What is trained in the phase, and what that saves; nil without fine-tuning.
  ///
  /// - Parameters:
  ///   - model: with nothing frozen but what the file says.
  ///   - hasSteps: whether the length of an epoch is known.
  package func sentence(_ recipe: Recipe, _ model: Graph, hasSteps: Bool = true) -> String? {
    guard let phase = stage.phase else { return nil }
    let graph = stage.graph
    let nodes = graph.nodes.indices.filter { graph.isFirstCall($0) && !graph.nodes[$0].signature.parameters.isEmpty }
    let (trained, steps) = (graph.trainedLayers.count, stage.steps)
    let trainedCount = ParameterTable(graph).entries.reduce(0) {
      $0 + ($1.parameter.kind == .trainable ? $1.parameter.count : 0)
    }
    var text =
      "phase \(phase.number) of \(phase.count)"
      + (hasSteps ? ", steps \(steps.lowerBound + 1) to \(steps.upperBound)" : "")
      + ": \(trained) of \(nodes.count) layers with weights are trained, \(trainedCount) of "
      + "\(graph.parameterCount) parameters" + (hasSteps ? ", rate \(stage.rate(at: steps.lowerBound)) at first" : "")
    if trained < nodes.count, let full = try? recipe.makePlan(model.freezing { _ in false }, recipe.losses(of: model)) {
      let (own, whole) = (TrainingCost(plan), TrainingCost(full))
      text +=
        "; a step takes \(own.percent(of: whole, \.multiplications)) of the multiplications and "
        + "\(own.percent(of: whole, \.bytes)) of the memory of one that trains all (\(own.megabytes) of "
        + "\(whole.megabytes) MB)"
    }
    return text
  }
}
