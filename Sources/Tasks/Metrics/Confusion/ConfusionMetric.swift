import Kernels
import Networks
import Tensors

/// A metric that follows from which classes are taken for which: it counts pairs of classes over all pixels,
/// tally (wanted * classes + predicted).
protocol ConfusionMetric: Metric {
  var settings: IoUSettings { get }
  /// The classes whose mean is the score; nil for all.
  var targetClasses: [Int]? { get }
  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading)
  func settledSettings(output: Shape, target: Shape) throws(ShapeError) -> IoUSettings
}

extension ConfusionMetric {
  public var isBetterHigher: Bool { true }
  public var isOfPlaces: Bool { settings.axis == -1 }
  var targetClasses: [Int]? { nil }

  public func absorbing(_ activation: ActivationFunction) -> (any Metric)? { activation.keepsOrder ? self : nil }

  func settledSettings(output: Shape, target: Shape) throws(ShapeError) -> IoUSettings {
    try settings.settled(output: output, target: target, Self.functionName)
  }

  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading) {
    try settledSettings(output: output, target: target).readings(output: output, target: target, Self.functionName)
  }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    let settings = try settledSettings(output: output, target: target)
    let readings = try readings(output: output, target: target)
    try Self.requirePositions(output, readings.output, target, readings.target)
    let classes = settings.classes!
    if let unknown = targetClasses?.first(where: { $0 >= classes }) {
      throw ShapeError(
        "the metric '\(Self.functionName)' asks for class \(unknown), but classes are 0 to \(classes - 1).")
    }
    return MetricState(tallies: classes * classes, isWeighted: isWeighted, scratch: isWeighted ? classes * classes : 0)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    guard let settings = try? settledSettings(output: output.shape, target: target.shape),
      let readings = try? readings(output: output.shape, target: target.shape)
    else { preconditionFailure("shapes are those of the state") }
    let counts = ClassCounts(output, readings.output, target, readings.target, ignoring: settings.ignoredClass)
    state.tally(live, weights) { lanes, numbers in
      counts.addConfusion(of: lanes, classes: settings.classes!, to: &numbers)
    }
  }

  /// Of each class, what it and its target have in common, divided by what either has; nil where neither occurs.
  public func classIoUs(_ state: MetricState) -> [Double?] {
    let classes = Int(Double(state.tallies).squareRoot())
    return (0..<classes).map { index in
      let right = state.tally(index * classes + index)
      let wanted = (0..<classes).reduce(0) { $0 + state.tally(index * classes + $1) }
      let predicted = (0..<classes).reduce(0) { $0 + state.tally($1 * classes + index) }
      let union = wanted + predicted - right
      return union == 0 ? nil : right / union
    }
  }

  public func values(_ state: MetricState) -> [Double] {
    let all = classIoUs(state)
    let found = (targetClasses.map { $0.map { all[$0] } } ?? all).compactMap(\.self)
    return found.isEmpty ? [] : [found.reduce(0, +) / Double(found.count)]
  }
}

extension MetricState {
  /// Adds what is counted of some lanes to the tallies: of all live lanes at once, or, where they have weights, lane by
  /// lane.
  ///
  /// - Parameter count: adds to as many numbers as there are tallies.
  mutating func tally(_ live: Int, _ weights: Buffer?, _ count: (Range<Int>, inout [Int64]) -> Void) {
    guard let weights else { return count(0..<live, &words) }
    for lane in 0..<live {
      count(lane..<lane + 1, &scratch)
      moveScratch(to: 0, weight: weights[lane])
    }
  }
}
