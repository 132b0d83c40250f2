import Foundation
internal import Tensors

/// Slow twins of `ActivationFunction`.
package enum ReferenceActivation {
  package static func apply(_ function: ActivationFunction, _ x: ReferenceTensor) -> ReferenceTensor {
    x.map { value, lane, position, _ in
      switch function {
      case .linear: return value
      case .relu: return value < 0 ? 0 : value
      case .tanh: return tanh(value)
      case .sigmoid: return 1 / (1 + exp(-value))
      case .softmax: return softmax(x, lane, position, of: value)
      case .logSoftmax: return log(softmax(x, lane, position, of: value))
      case .sparsemax: return max(0, value - sparsemax(x, lane, position).threshold)
      default: return ReferencePointwise.value(function.pointwise!, value)
      }
    }
  }

  /// - Parameters:
  ///   - x: the input.
  ///   - y: the output.
  package static func differentiate(
    _ function: ActivationFunction, input x: ReferenceTensor, output y: ReferenceTensor, gradient dy: ReferenceTensor
  ) -> ReferenceTensor {
    y.map { value, lane, position, channel in
      let slope = dy.element(lane, position: position, channel: channel)
      func sum(_ term: (_ y: Double, _ dy: Double) -> Double) -> Double {
        (0..<y.shape.channels).reduce(0.0) {
          $0
            + term(
              y.element(lane, position: position, channel: $1), dy.element(lane, position: position, channel: $1))
        }
      }
      switch function {
      case .linear: return slope
      case .relu: return value > 0 ? slope : 0
      case .tanh: return slope * (1 - value * value)
      case .sigmoid: return slope * value * (1 - value)
      case .softmax: return value * (slope - sum { $0 * $1 })
      case .logSoftmax: return slope - exp(value) * sum { $1 }
      case .sparsemax:
        let (threshold, order) = sparsemax(x, lane, position)
        let point = x.element(lane, position: position, channel: channel)
        let open = (0..<y.shape.channels).reduce(0.0) {
          let isOpen = x.element(lane, position: position, channel: $1) > threshold
          return $0 + (isOpen ? dy.element(lane, position: position, channel: $1) : 0)
        }
        let place = order.firstIndex(of: channel)
        let weight = place.map { Double(order.count - $0) / Double(order.count) } ?? 0
        return (point > threshold ? slope : 0) - weight * open
      default:
        let point = x.element(lane, position: position, channel: channel)
        return slope * ReferencePointwise.slope(function.pointwise!, point)
      }
    }
  }

  /// Keras's threshold, from the sorted channels, and the channels of the support, the largest first.
  private static func sparsemax(
    _ x: ReferenceTensor, _ lane: Int, _ position: Int
  ) -> (threshold: Double, support: [Int]) {
    func value(_ channel: Int) -> Double { x.element(lane, position: position, channel: channel) }
    let sorted = (0..<x.shape.channels).sorted { (value($1), $0) < (value($0), $1) }
    var (sum, total, count) = (0.0, 0.0, 0)
    for (index, channel) in sorted.enumerated() {
      sum += value(channel)
      if value(channel) > (sum - 1) / Double(index + 1) { (total, count) = (total + sum, index + 1) }
    }
    return ((total - 1) / Double(count), Array(sorted.prefix(count)))
  }

  private static func softmax(_ x: ReferenceTensor, _ lane: Int, _ position: Int, of value: Double) -> Double {
    let all = (0..<x.shape.channels).map { x.element(lane, position: position, channel: $0) }
    let largest = all.max() ?? 0
    return exp(value - largest) / all.reduce(0) { $0 + exp($1 - largest) }
  }
}
