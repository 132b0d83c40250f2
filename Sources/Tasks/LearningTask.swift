import Networks
public import Tensors

/// A kind of thing that a network learns to say about a sample, such as its class or where something is: the default
/// losses and metrics of its outputs, how outputs are read as a prediction, and what an evaluation reports.
public protocol LearningTask: Sendable {
  /// Nil where outputs and targets are those of another task.
  init?(_ outputs: [TaskOutput])

  /// For each output, the name of Keras's function of the default loss.
  var losses: [String] { get }

  /// For each output, the metrics that training and evaluation measure unless a configuration says others.
  var metrics: [[NamedMetric]] { get }

  /// For each output, what evaluation counts for `report` as well.
  var reportMetrics: [[NamedMetric]] { get }

  /// By which images are sorted, the worst first: the number of an output and a metric of single images; nil sorts them
  /// by their loss.
  var ranking: (output: Int, metric: NamedMetric)? { get }

  /// What the outputs say of one sample.
  ///
  /// - Parameters:
  ///   - outputs: what the model gives, in the order of the outputs, after the functions that they end in.
  ///   - top: how many of several answers to give.
  func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction

  /// What an evaluation found out, from the states of `reportMetrics`, for each output in their order.
  func report(_ states: [[MetricState]]) -> [ReportPart]
}

extension LearningTask {
  public var ranking: (output: Int, metric: NamedMetric)? { nil }
}
