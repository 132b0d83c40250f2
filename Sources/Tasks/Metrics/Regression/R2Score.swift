import Kernels
public import Networks
public import Tensors

/// The coefficient of determination of each output:
///
///     1 - sum of weight (y - x)^2 / (sum of weight y^2 - (sum of weight y)^2 / sum of weight)
///
/// 1 is perfect, 0 as good as the mean of the targets. Outputs x and targets y (…, K) of one shape; sums run over
/// samples and places. K numbers, their mean, or their mean weighted by the variances (`class_aggregation`). Of targets
/// that are all the same it is 1 where every output is right and 0 elsewhere, as in scikit-learn. Keras's `R2Score`,
/// which takes only (K,). `num_regressors` adjusts for so many independent variables, as Keras does.
public struct R2Score: Metric {
  public enum Aggregation: String, Sendable, CaseIterable {
    case uniform = "uniform_average"
    case varianceWeighted = "variance_weighted_average"
  }

  public static let kerasName = "R2Score"
  public static let functionName = "r2_score"
  public static let aliases = ["r2"]
  /// Nil gives one number for each output.
  public let aggregation: Aggregation?
  public let regressors: Int

  public init(aggregation: Aggregation? = .uniform, regressors: Int = 0) {
    (self.aggregation, self.regressors) = (aggregation, regressors)
  }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    let isSaid = configuration.values["class_aggregation"] != nil
    aggregation =
      isSaid && configuration.value("class_aggregation") == .null
      ? nil : try configuration.choice("class_aggregation", default: .uniform)
    regressors = try configuration.integer("num_regressors", default: 0)
    guard regressors >= 0 else {
      throw ImportError("\(configuration.place): 'num_regressors' is \(regressors), but must be at least 0.")
    }
  }

  public func kerasConfiguration() -> [String: JSONValue] {
    [
      "class_aggregation": aggregation.map { .string($0.rawValue) } ?? .null,
      "num_regressors": .integer(regressors),
    ]
  }

  public var isBetterHigher: Bool { true }

  /// Sums of each output: y, y^2, (x - y)^2. Tallies: elements of one output, and samples.
  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    guard output.count == target.count, output.channels == target.channels else {
      throw ShapeError("the metric 'r2_score' wants a target of the output's shape \(output), but it is \(target).")
    }
    // How many samples there are does not depend on their weights.
    return MetricState(tallies: 1, sums: 3 * output.channels + 1, isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let channels = output.shape.channels
    let places = output.shape.count / channels
    for channel in 0..<channels {
      let errors = ErrorSums(output.channel(channel), target: target.channel(channel))
      forEachLane(live) { group, lanes in
        let (sums, squares, residuals) = (
          errors.sums(of: .target, group: group), errors.sums(of: .squaredTarget, group: group),
          errors.sums(of: .squared, group: group)
        )
        for lane in lanes {
          let weight = Double(weights?[16 * group + lane] ?? 1)
          state.add(weight * sums[lane], to: 3 * channel)
          state.add(weight * squares[lane], to: 3 * channel + 1)
          state.add(weight * residuals[lane], to: 3 * channel + 2)
        }
      }
    }
    for lane in 0..<live { state.count(0, Int64(places), weight: weights?[lane]) }
    state.add(Double(live * output.shape.count), to: 3 * channels)
  }

  public func values(_ state: MetricState) -> [Double] {
    let count = state.tally(0)
    guard count != 0 else { return [] }
    let outputs = (state.sums - 1) / 3
    let totals = (0..<outputs).map { state.sum(3 * $0 + 1) - state.sum(3 * $0) * (state.sum(3 * $0) / count) }
    let scores = (0..<outputs).map { output in
      let residual = state.sum(3 * output + 2)
      return totals[output] == 0 ? (residual == 0 ? 1 : 0) : 1 - residual / totals[output]
    }
    let values: [Double]
    switch aggregation {
    case nil: values = scores
    case .uniform: values = [scores.reduce(0, +) / Double(outputs)]
    case .varianceWeighted:
      let total = totals.reduce(0, +)
      let weighted = zip(totals, scores).reduce(0) { $0 + $1.0 * $1.1 }
      values = [total == 0 ? scores.reduce(0, +) / Double(outputs) : weighted / total]
    }
    // Keras counts elements here, not samples.
    let elements = state.sum(3 * outputs)
    let freedom = elements - Double(regressors) - 1
    guard regressors > 0, freedom > 0 else { return values }
    return values.map { 1 - (1 - $0) * (elements - 1) / freedom }
  }
}

extension Tensor {
  /// One channel, in the same memory.
  func channel(_ index: Int) -> Tensor { channels(from: index, as: shape.with(channels: 1)) }
}
