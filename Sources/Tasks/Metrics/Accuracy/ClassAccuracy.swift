import Kernels
import Networks
import Tensors

/// A metric that is the share of positions at which outputs and targets agree, over all samples:
///
///     sum over samples of weight * matches / sum over samples of weight * positions
///
/// With no weights this is whole numbers until the division. Positions are those of the shape without the axis of the
/// classes: one for a class, H * W for a map of classes.
protocol ClassAccuracy: Metric {
  /// How the class is read from an output of this shape, and from its target.
  func readings(output: Shape, target: Shape) throws(ShapeError) -> (output: ClassReading, target: ClassReading)
  /// The class of targets that does not count.
  var ignoredClass: Int? { get }
  /// Adds the matches of each of 16 lanes.
  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>)
}

extension ClassAccuracy {
  public var isBetterHigher: Bool { true }
  public var isOfPlaces: Bool { true }
  var ignoredClass: Int? { nil }

  func matches(_ counts: ClassCounts, group: Int) -> (matches: SIMD16<Int64>, counted: SIMD16<Int64>) {
    counts.matches(group: group)
  }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    let readings = try readings(output: output, target: target)
    try Self.requirePositions(output, readings.output, target, readings.target)
    return MetricState(tallies: 2, isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    guard let readings = try? readings(output: output.shape, target: target.shape) else {
      preconditionFailure("shapes are those of the state")
    }
    let counts = ClassCounts(output, readings.output, target, readings.target, ignoring: ignoredClass)
    forEachLane(live) { group, lanes in
      let (matches, counted) = matches(counts, group: group)
      for lane in lanes {
        let weight = weights?[16 * group + lane]
        state.count(0, matches[lane], weight: weight)
        state.count(1, counted[lane], weight: weight)
      }
    }
  }

  public func values(_ state: MetricState) -> [Double] {
    let counted = state.tally(1)
    return counted != 0 ? [state.tally(0) / counted] : []
  }
}

extension Metric {
  /// Refuses a target whose positions are not those of the output.
  static func requirePositions(
    _ output: Shape, _ outputReading: ClassReading, _ target: Shape, _ targetReading: ClassReading
  ) throws(ShapeError) {
    let (found, wanted) = (target.positions(targetReading), output.positions(outputReading))
    guard found != wanted else { return }
    throw ShapeError(
      "the metric '\(functionName)' compares an output of shape \(output) with a target of shape \(target): give a "
        + "target with \(wanted.isEmpty ? "one value" : "the positions \(Shape(wanted))"), or choose another metric.")
  }

  /// Refuses a target of another shape than the output, but for axes of one element.
  static func requireSameShape(_ output: Shape, _ target: Shape) throws(ShapeError) {
    try requirePositions(output, .whole, target, .whole)
  }

  /// The lanes of each group of 16 that hold samples.
  func forEachLane(_ live: Int, _ body: (_ group: Int, _ lanes: Range<Int>) -> Void) {
    var group = 0
    while 16 * group < live {
      body(group, 0..<min(16, live - 16 * group))
      group += 1
    }
  }
}

extension Shape {
  /// Sizes of the axes along which there is more than one position.
  func positions(_ reading: ClassReading) -> [Int] {
    var sizes = dimensions
    if case .largest(let axis) = reading { sizes.remove(at: axis) }
    return sizes.filter { $0 != 1 }
  }

  /// The axis of the classes; of a scalar there is none.
  func lastAxis(_ metric: String) throws(ShapeError) -> Int {
    guard rank > 0 else {
      throw ShapeError("the metric '\(metric)' wants scores of classes, but the output is a scalar.")
    }
    return rank - 1
  }
}
