public import Kernels
public import Networks
public import Tensors

/// The area under the curve that all scores draw, with nothing between thresholds lost: of `ROC`, the share of pairs of
/// a wanted and an unwanted element of which the wanted one has the larger score, equal ones counting half; of `PR`,
/// the mean of the precision at each wanted element (average precision), scikit-learn's `roc_auc_score` and
/// `average_precision_score`.
///
/// Outputs (…, K), targets (…, K) of 0 and 1 or (…) of class numbers; all elements make one curve. It keeps three
/// numbers of each element and is for evaluation. No number where only one class occurs. Keras does not have it.
public struct ExactAUC: Metric {
  public static let kerasName = "ExactAUC"
  public static let functionName = "exact_auc"
  public static let isInKeras = false
  let curve: AUCSettings.Curve

  public init() { curve = .ROC }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    curve = try configuration.choice("curve", default: .ROC)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["curve": .string(curve.rawValue)] }
  public var isBetterHigher: Bool { true }
  public var keepsRecords: Bool { true }

  /// Larger logits are larger probabilities where each is by itself.
  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation == .sigmoid ? self : nil }

  /// Records: score, whether it is wanted, weight.
  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    try Self.requireLabels(output, target)
    return MetricState(isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let isNumber = LabelledScores.holdsClassNumbers(target.shape, for: output.shape)
    let classes = output.shape.channels
    for lane in 0..<live {
      let (scores, targets) = (output.sample(lane), target.sample(lane))
      let weight = weights?[lane] ?? 1
      for (index, score) in scores.enumerated() {
        let isWanted = isNumber ? targets[index / classes] == Float(index % classes) : targets[index] != 0
        state.records += [score, isWanted ? 1 : 0, weight]
      }
    }
  }

  public func values(_ state: MetricState) -> [Double] {
    let records = state.records
    let order = stride(from: 0, to: records.count, by: 3).sorted { records[$0] > records[$1] }
    // Sums of the scores above the present one, those equal to it included once they are all there.
    var (wanted, unwanted, area) = (0.0, 0.0, 0.0)
    var place = 0
    while place < order.count {
      let (before, beforeUnwanted) = (wanted, unwanted)
      let score = records[order[place]]
      guard !score.isNaN else { return [.nan] }
      // Weights of equal scores are added without rounding: their order is not that of the scores.
      var words = [Int64](repeating: 0, count: 2 * ExactSum.words)
      while place < order.count, records[order[place]] == score {
        let record = order[place]
        ExactSum.add(Double(records[record + 2]), to: &words, at: records[record + 1] == 1 ? 0 : ExactSum.words)
        place += 1
      }
      wanted += ExactSum.value(words, at: 0)
      unwanted += ExactSum.value(words, at: ExactSum.words)
      switch curve {
      case .ROC: area += (unwanted - beforeUnwanted) * (before + wanted) / 2
      case .PR: area += wanted + unwanted == 0 ? 0 : (wanted - before) * (wanted / (wanted + unwanted))
      }
    }
    guard wanted != 0, unwanted != 0 else { return [] }
    return [curve == .ROC ? area / (wanted * unwanted) : area / wanted]
  }
}
