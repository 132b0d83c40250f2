import Kernels
import Networks
import Tensors

/// A metric that follows from which scores are positive and which classes are wanted: tally 3 (rule * K + class), the
/// positions where both are so; the next, where the score is; the third, where the class is wanted. Behind them are
/// `otherTallies`, and the last tally counts samples.
protocol PositiveCounts: Metric {
  /// Which scores are positive, in one way or in several ones.
  var ruleCount: Int { get }
  func rule(_ index: Int) -> LabelledScores.Rule
  /// Tallies that the metric counts itself; none unless said.
  static var otherTallies: Int { get }
}

extension PositiveCounts {
  public var isBetterHigher: Bool { true }
  static var otherTallies: Int { 0 }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    try Self.requireLabels(output, target)
    let numbers = 3 * output.channels
    return MetricState(
      tallies: ruleCount * numbers + Self.otherTallies + 1, isWeighted: isWeighted, scratch: numbers)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    addPositives(to: &state, output: output, target: target, live: live, weights: weights)
    for lane in 0..<live { state.count(state.tallies - 1, 1, weight: weights?[lane]) }
  }

  /// Counts the scores of each rule, and no samples.
  func addPositives(to state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let labelled = LabelledScores(output, target: target)
    for index in 0..<ruleCount {
      let (rule, start) = (self.rule(index), 3 * labelled.classCount * index)
      state.tally(from: start, live, weights) { lanes, counts in labelled.addPositives(rule, of: lanes, to: &counts) }
    }
  }

  /// Whether any sample was counted.
  func hasSamples(_ state: MetricState) -> Bool { state.tally(state.tallies - 1) != 0 }

  func classCount(_ state: MetricState) -> Int { (state.tallies - Self.otherTallies - 1) / (3 * ruleCount) }

  /// What one rule counted of one class.
  func counts(_ state: MetricState, rule: Int, class index: Int) -> (both: Double, positive: Double, wanted: Double) {
    let start = 3 * (rule * classCount(state) + index)
    return (state.tally(start), state.tally(start + 1), state.tally(start + 2))
  }
}

extension MetricState {
  /// Adds what is counted of some lanes to the tallies from `start` on, by way of `scratch`.
  mutating func tally(
    from start: Int, _ live: Int, _ weights: Buffer?, _ count: (Range<Int>, inout [Int64]) -> Void
  ) {
    var lanes = 0..<(weights == nil ? live : min(live, 1))
    while !lanes.isEmpty {
      count(lanes, &scratch)
      moveScratch(to: start, weight: weights?[lanes.lowerBound])
      lanes = lanes.upperBound..<min(live, lanes.upperBound + 1)
    }
  }
}

extension Metric {
  /// Refuses targets that are neither class numbers nor one value for each score.
  static func requireLabels(_ output: Shape, _ target: Shape) throws(ShapeError) {
    guard output.rank > 0 else {
      throw ShapeError("the metric '\(functionName)' wants scores of classes, but the output is a scalar.")
    }
    if LabelledScores.holdsClassNumbers(target, for: output) {
      try requirePositions(output, .largest(axis: output.rank - 1), target, .whole)
    } else {
      try requireSameShape(output, target)
    }
  }
}
