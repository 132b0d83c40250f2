import Kernels
public import Networks
public import Tensors

/// The expected calibration error: how far confidence is from the share of right answers. The largest probability of a
/// position is sorted into equal bins of 0...1, 15 unless `num_bins` says otherwise; then
///
///     sum over bins of |right answers - sum of probabilities| / positions
///
/// (C. Guo and others, "On calibration of modern neural networks", 2017.) Outputs (…, K) of probabilities; of one
/// output, it and 1 minus it. Targets (…, K) of 0 and 1 or (…) of class numbers. Probabilities are summed in units of
/// 2^-32. Keras does not have it.
public struct CalibrationError: Metric {
  /// Predictions of about the same confidence.
  public struct Bin: Hashable, Sendable {
    /// Positions, right answers and probabilities, summed.
    public let positions: Double
    public let right: Double
    public let confidence: Double
  }

  public static let kerasName = "CalibrationError"
  public static let functionName = "calibration_error"
  public static let aliases = ["expected_calibration_error", "ece"]
  public static let isInKeras = false
  public let bins: Int

  public init(bins: Int = 15) { self.bins = bins }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    bins = try configuration.positive("num_bins", 15)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["num_bins": .integer(bins)] }
  public var isBetterHigher: Bool { false }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    try Self.requireLabels(output, target)
    return MetricState(tallies: 3 * bins, isWeighted: isWeighted, scratch: isWeighted ? 3 * bins : 0)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let labelled = LabelledScores(output, target: target)
    state.tally(live, weights) { lanes, counts in labelled.addConfidences(bins: bins, of: lanes, to: &counts) }
  }

  public func values(_ state: MetricState) -> [Double] {
    let diagram = self.diagram(state)
    let total = diagram.reduce(0.0) { $0 + $1.positions }
    let error = diagram.reduce(0.0) { $0 + abs($1.right - $1.confidence) }
    return total == 0 ? [] : [error / total]
  }

  /// The reliability diagram: what the number follows from, bin by bin.
  public func diagram(_ state: MetricState) -> [Bin] {
    (0..<bins).map { bin in
      Bin(
        positions: state.tally(3 * bin), right: state.tally(3 * bin + 1),
        confidence: state.tally(3 * bin + 2) * 0x1p-32)
    }
  }
}
