public import Datasets
import Kernels
public import Networks
public import Tensors

/// Numbers of things in an image: outputs of the target's shape that are never negative, trained by Poisson's loss.
///
/// Its data is that of a regression, and so is a model without its name.
public struct Counting: RegisteredTask {
  public static let name = "counting"
  public static let targetKind = Column.Kind.numbers
  public static let isOnlyByName = true
  private let regression: Regression

  public init?(_ outputs: [TaskOutput]) {
    guard let regression = Regression(outputs), [.softplus, .exponential].contains(outputs[0].ending) else {
      return nil
    }
    self.regression = regression
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    try head.chain(Dense(targets[0].column.shape.count, activation: .softplus), behind: features, of: graph)
  }

  public static func isUsual(for outputs: [OutputForm]) -> Bool { false }

  public var losses: [String] { [Poisson.functionName] }
  public var metrics: [[NamedMetric]] {
    [[NamedMetric(MeanAbsoluteError()), NamedMetric(MeanAbsolutePercentageError())]]
  }
  public var reportMetrics: [[NamedMetric]] { regression.reportMetrics }
  public var ranking: (output: Int, metric: NamedMetric)? { regression.ranking }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    regression.prediction(outputs, lane: lane, top: top)
  }

  public func report(_ states: [[MetricState]]) -> [ReportPart] { regression.report(states) }
}
