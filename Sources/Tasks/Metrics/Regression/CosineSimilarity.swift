import Kernels
import Networks
import Tensors

/// Mean of the cosines between vectors of outputs and of targets along an axis, -1 unless said: 1 for the same
/// direction, -1 for opposite ones. Outputs and targets of one shape. A vector shorter than 1e-7 counts as that long.
/// Keras's `CosineSimilarity`.
struct CosineSimilarity: Metric {
  public static let kerasName = "CosineSimilarity"
  public static let functionName = "cosine_similarity"
  /// As Keras counts it, 0 being the batch.
  public let axis: Int

  public init(axis: Int = -1) { self.axis = axis }

  public init(keras configuration: LayerConfiguration) throws(ImportError) {
    axis = try configuration.integer("axis", default: -1)
  }

  public func kerasConfiguration() -> [String: JSONValue] { ["axis": .integer(axis)] }

  public var isBetterHigher: Bool { true }

  public func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    guard output == target else {
      throw ShapeError(
        "the metric 'cosine_similarity' wants a target of the output's shape \(output), but it is \(target).")
    }
    _ = try output.position(ofAxis: axis, Self.functionName)
    return MetricState(tallies: 1, sums: 1, isWeighted: isWeighted)
  }

  public func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let rank = output.shape.rank
    let errors = ErrorSums(output, target: target, vectorAxis: axis < 0 ? rank + axis : axis - 1)
    forEachLane(live) { group, lanes in
      let sums = errors.cosines(group: group)
      for lane in lanes {
        state.addMean(sums[lane] / Double(errors.positionCount), weight: weights?[16 * group + lane])
      }
    }
  }

  public func values(_ state: MetricState) -> [Double] { state.mean.map { [$0] } ?? [] }
}

extension Shape {
  /// Keras's axis, 0 being the batch and -1 the last, as a position among the dimensions.
  func position(ofAxis axis: Int, _ metric: String) throws(ShapeError) -> Int {
    let position = axis < 0 ? rank + axis : axis - 1
    guard dimensions.indices.contains(position) else {
      throw ShapeError(
        "the metric '\(metric)' has the axis \(axis), but a shape of \(self) has the axes 1 to \(rank), which -1 to "
          + "-\(rank) name as well.")
    }
    return position
  }
}
