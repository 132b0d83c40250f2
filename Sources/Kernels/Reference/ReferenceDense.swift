internal import Tensors

/// Slow twins of `DenseProduct`; the kernel is (channels in, units), row-major.
package enum ReferenceDense {
  package static func apply(_ x: ReferenceTensor, kernel: [Double], bias: [Double]) -> ReferenceTensor {
    let units = bias.count
    var y = ReferenceTensor(Shape(x.shape.dimensions.dropLast() + [units]), lanes: x.lanes)
    y = y.map { _, lane, position, unit in
      (0..<x.shape.channels).reduce(bias[unit]) {
        $0 + x.element(lane, position: position, channel: $1) * kernel[$1 * units + unit]
      }
    }
    return y
  }

  package static func differentiateInput(gradient dy: ReferenceTensor, kernel: [Double], inputs: Int) -> ReferenceTensor
  {
    let units = dy.shape.channels
    let dx = ReferenceTensor(Shape(dy.shape.dimensions.dropLast() + [inputs]), lanes: dy.lanes)
    return dx.map { _, lane, position, input in
      (0..<units).reduce(0.0) { $0 + dy.element(lane, position: position, channel: $1) * kernel[input * units + $1] }
    }
  }

  package static func differentiateKernel(input x: ReferenceTensor, gradient dy: ReferenceTensor) -> [Double] {
    (0..<x.shape.channels).flatMap { input in
      (0..<dy.shape.channels).map { unit in
        var sum = 0.0
        for lane in 0..<x.lanes {
          for position in 0..<x.positions {
            sum +=
              x.element(lane, position: position, channel: input) * dy.element(lane, position: position, channel: unit)
          }
        }
        return sum
      }
    }
  }
}
