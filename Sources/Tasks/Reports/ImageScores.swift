public import Networks
public import Tensors

/// Scores of single images, one lane after the other. For evaluation: it copies each sample.
public struct ImageScores {
  private let metric: any Metric
  private var state: MetricState
  private let output: Tensor
  private let target: Tensor

  public init(_ metric: any Metric, output: Shape, target: Shape) throws(ShapeError) {
    self.metric = metric
    state = try metric.makeState(output: output, target: target, isWeighted: false)
    (self.output, self.target) = (
      Tensor(output, lanes: Layout.laneMultiple), Tensor(target, lanes: Layout.laneMultiple)
    )
  }

  /// The metric of the sample in a lane; nil where it gives none.
  public mutating func score(_ output: Tensor, _ target: Tensor, lane: Int) -> Double? {
    state.reset()
    self.output.setSample(0, output.sample(lane))
    self.target.setSample(0, target.sample(lane))
    metric.update(&state, output: self.output, target: self.target, live: 1, weights: nil)
    return metric.result(state)
  }
}
