import Kernels
import Networks
import Tensors

/// A metric that is a mean over samples of a mean over elements:
///
///     sum over samples of weight * mean over elements of error / sum over samples of weight
///
/// Outputs and targets of any shape, the same. An image's mean follows from that image alone, and means of images are
/// added without rounding.
protocol MeanErrorMetric: Metric {
  static var element: ErrorSums.Element { get }
  init()
  /// The score, of the mean.
  func score(_ mean: Double) -> Double
}

extension MeanErrorMetric {
  public init(keras configuration: LayerConfiguration) throws(ImportError) { self.init() }
  public func kerasConfiguration() -> [String: JSONValue] { [:] }
  public var isBetterHigher: Bool { false }
  func score(_ mean: Double) -> Double { mean }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    try Self.requireSameShape(output, target)
    return MetricState(tallies: 1, sums: 1, isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let errors = ErrorSums(output, target: target)
    forEachLane(live) { group, lanes in
      let sums = errors.sums(of: Self.element, group: group)
      for lane in lanes {
        state.addMean(sums[lane] / Double(errors.positionCount), weight: weights?[16 * group + lane])
      }
    }
  }

  public func values(_ state: MetricState) -> [Double] { state.mean.map { [score($0)] } ?? [] }
}

extension MetricState {
  /// Adds the number of one sample to sum 0 and the sample to tally 0.
  mutating func addMean(_ value: Double, weight: Float?) {
    add(weight.map { Double($0) * value } ?? value, to: 0)
    count(0, 1, weight: weight)
  }

  /// The mean of what `addMean` added; nil of nothing.
  var mean: Double? { tally(0) == 0 ? nil : sum(0) / tally(0) }
}
