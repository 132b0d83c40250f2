import Networks

/// The cost of a training step of a plan: work of one image, and memory of one network.
struct TrainingCost {
  /// Of one image, forward and backward.
  let multiplications: Int
  let bytes: Int

  init(_ plan: Plan) {
    bytes = plan.arenaBytes
    multiplications = plan.steps.reduce(0) { sum, step in
      guard step.runsBackward else { return sum + step.multiplications }
      // One product for the gradient of the inputs, and one for that of the parameters, as large as forward.
      let products =
        (step.inputGradients.contains { $0 != nil } ? 1 : 0)
        + (step.parameters.contains { $0.parameter.kind == .trainable } ? 1 : 0)
      return sum + step.multiplications * (1 + products)
    }
  }
}
