public import Datasets
import Foundation
import Kernels
public import Networks
public import Tensors

/// Numbers, such as a size, an age or a temperature: an output of the target's shape.
public struct Regression: RegisteredTask {
  public static let name = "regression"
  public static let targetKind = Column.Kind.numbers
  private let output: TaskOutput

  public init?(_ outputs: [TaskOutput]) {
    guard outputs.count == 1, outputs[0].target.kind == .numbers else { return nil }
    output = outputs[0]
  }

  public static func graph(
    _ head: HeadChoice, behind features: Graph.Value, of graph: Graph, for targets: [HeadTarget]
  ) throws(ShapeError) -> TaskGraph {
    try head.chain(Dense(targets[0].column.shape.count), behind: features, of: graph)
  }

  public static func isUsual(for outputs: [OutputForm]) -> Bool {
    outputs.count == 1 && outputs[0].shape.rank == 1 && outputs[0].isOfEntropy == false
  }

  public var losses: [String] { ["mean_squared_error"] }
  public var metrics: [[NamedMetric]] {
    [[NamedMetric(MeanAbsoluteError()), NamedMetric(RootMeanSquaredError()), NamedMetric(R2Score())]]
  }
  public var reportMetrics: [[NamedMetric]] { [[NamedMetric(Residuals())]] }
  public var ranking: (output: Int, metric: NamedMetric)? { (0, NamedMetric(MeanAbsoluteError())) }

  public func prediction(_ outputs: [Tensor], lane: Int, top: Int) -> any Prediction {
    let values = outputs[0].sample(lane).map(Double.init)
    return NumberPrediction(values, names: output.target.classNames, column: output.target.name)
  }

  /// For each number, how far outputs are from targets: on average in either direction, by size, and what is explained.
  public func report(_ states: [[MetricState]]) -> [ReportPart] {
    let summaries = Residuals().summaries(states[0][0])
    let mean = summaries.isEmpty ? nil : summaries.reduce(0) { $0 + $1.absolute } / Double(summaries.count)
    let rows = summaries.enumerated().map { index, summary in
      let name = output.target.classNames.indices.contains(index) ? output.target.classNames[index] : nil
      return [
        .string(name ?? (summaries.count == 1 ? output.target.name : "\(output.target.name) \(index)")),
        .number(summary.bias), .number(summary.absolute), .number(summary.rootSquare), .number(summary.r2),
      ] as [JSONValue]
    }
    let error = mean.map { String(format: "%.4g", $0) } ?? "–"
    return [
      .summary("mean absolute error \(error)"),
      .figures([("samples", .integer(summaries.first?.samples ?? 0)), ("meanAbsoluteError", .ifFinite(mean))]),
      .table(
        ReportTable(
          name: "numbers", file: "numbers.csv",
          columns: [
            .init("number", "name", .text), .init("mean_residual", "meanResidual"),
            .init("mean_absolute_error", "meanAbsoluteError"),
            .init("root_mean_squared_error", "rootMeanSquaredError"), .init("r2_score", "r2Score"),
          ], rows: rows)),
    ]
  }
}
