import Tensors

/// Slow twins of `ActivityPenalty`.
package enum ReferenceActivityPenalty {
  package static func sum(_ x: ReferenceTensor, live: Int, l1: Double, l2: Double) -> Double {
    var sum = 0.0
    for lane in 0..<live {
      for position in 0..<x.positions {
        for channel in 0..<x.shape.channels {
          let value = x.element(lane, position: position, channel: channel)
          sum += l1 * abs(value) + l2 * value * value
        }
      }
    }
    return sum
  }

  package static func differentiate(
    _ x: ReferenceTensor, gradient dy: ReferenceTensor, l1: Double, l2: Double
  ) -> ReferenceTensor {
    x.map { value, lane, position, channel in
      let sign: Double = value > 0 ? 1 : value < 0 ? -1 : 0
      return dy.element(lane, position: position, channel: channel) + l1 * sign + 2 * l2 * value
    }
  }
}
