import Kernels
import Networks
import Tensors

/// Differences between outputs x and targets y, for each of the outputs (…, K): sums of x - y, |x - y|, (x - y)^2, y
/// and y^2. Evaluation's own.
struct Residuals: Metric {
  struct Summary {
    let samples: Int
    /// Mean of x - y.
    let bias: Double
    /// Mean of |x - y|.
    let absolute: Double
    /// Root of the mean of (x - y)^2.
    let rootSquare: Double
    let r2: Double
  }

  static let kerasName = "Residuals"
  static let functionName = "residuals"
  static let isInKeras = false
  private static let elements: [ErrorSums.Element] = [.signed, .absolute, .squared, .target, .squaredTarget]

  init() {}
  init(keras configuration: LayerConfiguration) throws(ImportError) {}
  func kerasConfiguration() -> [String: JSONValue] { [:] }
  var isBetterHigher: Bool { false }

  func makeState(output: Shape, target: Shape, isWeighted: Bool) throws(ShapeError) -> MetricState {
    _ = try R2Score().makeState(output: output, target: target, isWeighted: isWeighted)
    return MetricState(tallies: 2, sums: Residuals.elements.count * output.channels, isWeighted: isWeighted)
  }

  func update(_ state: inout MetricState, output: Tensor, target: Tensor, live: Int, weights: Buffer?) {
    let channels = output.shape.channels
    for channel in 0..<channels {
      let errors = ErrorSums(output.channel(channel), target: target.channel(channel))
      for (index, element) in Residuals.elements.enumerated() {
        forEachLane(live) { group, lanes in
          let sums = errors.sums(of: element, group: group)
          for lane in lanes {
            state.add(
              Double(weights?[16 * group + lane] ?? 1) * sums[lane], to: Residuals.elements.count * channel + index)
          }
        }
      }
    }
    for lane in 0..<live {
      state.count(0, Int64(output.shape.count / channels), weight: weights?[lane])
      state.count(1, 1, weight: weights?[lane])
    }
  }

  /// The mean of |x - y| of each output.
  func values(_ state: MetricState) -> [Double] { summaries(state).map(\.absolute) }

  func summaries(_ state: MetricState) -> [Summary] {
    let count = state.tally(0)
    guard count != 0 else { return [] }
    return stride(from: 0, to: state.sums, by: Residuals.elements.count).map { start in
      let (square, sum, squares) = (state.sum(start + 2), state.sum(start + 3), state.sum(start + 4))
      let total = squares - sum * (sum / count)
      return Summary(
        samples: Int(state.tally(1)), bias: state.sum(start) / count, absolute: state.sum(start + 1) / count,
        rootSquare: (square / count).squareRoot(), r2: total == 0 ? (square == 0 ? 1 : 0) : 1 - square / total)
    }
  }
}
