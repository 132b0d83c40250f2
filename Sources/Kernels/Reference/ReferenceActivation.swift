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
      case .softmax:
        let all = (0..<x.shape.channels).map { x.element(lane, position: position, channel: $0) }
        let largest = all.max() ?? 0
        return exp(value - largest) / all.reduce(0) { $0 + exp($1 - largest) }
      }
    }
  }

  package static func differentiate(
    _ function: ActivationFunction, output y: ReferenceTensor, gradient dy: ReferenceTensor
  ) -> ReferenceTensor {
    y.map { value, lane, position, channel in
      let slope = dy.element(lane, position: position, channel: channel)
      switch function {
      case .linear: return slope
      case .relu: return value > 0 ? slope : 0
      case .tanh: return slope * (1 - value * value)
      case .sigmoid: return slope * value * (1 - value)
      case .softmax:
        let mean = (0..<y.shape.channels).reduce(0.0) {
          $0 + y.element(lane, position: position, channel: $1) * dy.element(lane, position: position, channel: $1)
        }
        return value * (slope - mean)
      }
    }
  }
}
