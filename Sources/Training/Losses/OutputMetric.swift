import Kernels
import Networks
import Tasks
import Tensors

/// A metric of an output, as it reads what the loss leaves of that output.
struct OutputMetric: Sendable {
  /// Of the score: `accuracy`, or with several outputs `class_output_accuracy`.
  let name: String
  /// Keras's class and arguments.
  let description: JSONValue
  let metric: any Metric
  /// The same of the output as the model gives it, after its last function.
  let original: any Metric
  /// What must be applied to the predictions before; nil where the metric reads them as they are.
  let activation: ActivationFunction?
  let empty: MetricState
  /// The given name, such as `mae`, where it is not Keras's own name of the function.
  let ownName: String?

  /// - Parameter activation: what probabilities are made of the predictions by, where they are logits.
  init(
    _ named: NamedMetric, output: Shape, target: Shape, activation: ActivationFunction?, prefix: String
  ) throws(ShapeError) {
    name = prefix + named.name
    ownName = named.name == type(of: named.metric).functionName ? nil : named.name
    description = .object([type(of: named.metric).kerasName: .object(named.metric.kerasConfiguration())])
    let absorbing = activation.flatMap { named.metric.absorbing($0) }
    (metric, original) = (absorbing ?? named.metric, named.metric)
    self.activation = absorbing == nil ? activation : nil
    empty = try metric.makeState(output: output, target: target, isWeighted: false)
  }
}

extension [TrainingLoss] {
  /// What is measured, before any sample.
  var emptyMetrics: Metrics {
    Metrics(
      scores: flatMap { loss in
        (count > 1 ? [Metrics.Score(name: "\(loss.node.name)_loss", metric: nil)] : [])
          + loss.metrics.map { Metrics.Score(name: $0.name, metric: $0.description, state: $0.empty) }
      })
  }

  /// Places of a step's numbers: the sum of the losses, whether something is not finite, and the losses of the outputs.
  var sumCount: Int { 2 + (count > 1 ? count : 0) }

  /// Floats of all that a step exchanges: those, and two for each word that metrics count in.
  var exchangeCount: Int { sumCount + 2 * flatMap(\.metrics).reduce(0) { $0 + $1.empty.words.count } }
}
