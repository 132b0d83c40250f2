package import Networks

/// How a stretch is run: the plans of its networks, and what is computed once instead of in every step.
package struct StretchPlan: Sendable {
  package let stretch: Stretch
  /// Of training; behind the features, where there are some.
  package let plan: Plan
  /// Of what is measured; nil where nothing is.
  let evaluation: Plan?
  let features: FeaturePlan?

  /// - Parameter sources: nil where they are not there yet; nothing is measured or kept then.
  init(_ stretch: Stretch, _ recipe: Recipe, _ sources: TrainingSources?, stepsPerEpoch: Int) throws(TrainingError) {
    self.stretch = stretch
    let whole = try recipe.makePlan(stretch.trainedGraph)
    let evaluation = sources?.monitored == nil
      ? nil : try Evaluator.makePlan(stretch.graph, shardSize: recipe.batch / recipe.shards)
    features = try sources.flatMap { sources throws(TrainingError) in
      try FeaturePlan(recipe, stretch, sources, stepsPerEpoch: stepsPerEpoch, whole: whole, evaluation: evaluation)
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
    guard let phase = stretch.phase else { return nil }
    let graph = stretch.graph
    let nodes = graph.nodes.indices.filter { graph.isFirstCall($0) && !graph.nodes[$0].signature.parameters.isEmpty }
    let (trained, steps) = (graph.trainedLayers.count, stretch.steps)
    let trainedCount = ParameterTable(graph).entries.reduce(0) { $0 + ($1.parameter.kind == .trainable ? $1.parameter.count : 0) }
    var text = "phase \(phase.number) of \(phase.count)" + (hasSteps ? ", steps \(steps.lowerBound + 1) to \(steps.upperBound)" : "")
      + ": \(trained) of \(nodes.count) layers with weights are trained, \(trainedCount) of "
      + "\(graph.parameterCount) parameters" + (hasSteps ? ", rate \(stretch.rate(at: steps.lowerBound)) at first" : "")
    if trained < nodes.count, let full = try? recipe.makePlan(model.freezing { _ in false }) {
      let (own, whole) = (TrainingCost(plan), TrainingCost(full))
      text += "; a step takes \(own.percent(of: whole, \.multiplications)) of the multiplications and "
        + "\(own.percent(of: whole, \.bytes)) of the memory of one that trains all (\(own.megabytes) of \(whole.megabytes) MB)"
    }
    return text
  }
}
