import Datasets
import Networks
public import Tensors

/// Outputs that are learnt side by side and have nothing to do with each other: a task for each.
public struct SeveralTasks: LearningTask {
  private let parts: [(output: String, task: any LearningTask)]

  public init?(_ outputs: [TaskOutput]) {
    var parts: [(output: String, task: any LearningTask)] = []
    for output in outputs {
      guard let task = TaskRegistry.task([output]) else { return nil }
      parts.append((output.name, task))
    }
    self.parts = parts
  }

  public var losses: [String] { parts.flatMap { $0.task.losses } }
  public var metrics: [[NamedMetric]] { parts.flatMap { $0.task.metrics } }
  public var reportMetrics: [[NamedMetric]] { parts.flatMap { $0.task.reportMetrics } }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    SeveralPredictions(
      zip(parts, outputs).map { part, output in
        (part.output, part.task.prediction([output], lane: lane, top: top))
      })
  }

  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    zip(parts, states).flatMap { part, states in part.task.report([states]).map { $0.prefixed(part.output) } }
  }
}
