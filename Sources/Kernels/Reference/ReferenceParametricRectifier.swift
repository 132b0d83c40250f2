package import Tensors

/// Slow twins of `ParametricRectifier`.
package enum ReferenceParametricRectifier {
  package static func apply(_ x: ReferenceTensor, alpha: [Double], of slopes: Shape) -> ReferenceTensor {
    x.map { value, _, position, channel in
      value < 0 ? value * alpha[index(position, channel, x.shape, slopes)] : value
    }
  }

  package static func differentiateInput(
    _ x: ReferenceTensor, gradient dy: ReferenceTensor, alpha: [Double], of slopes: Shape
  ) -> ReferenceTensor {
    x.map { value, lane, position, channel in
      dy.element(lane, position: position, channel: channel)
        * (value < 0 ? alpha[index(position, channel, x.shape, slopes)] : 1)
    }
  }

  package static func differentiateAlpha(
    _ x: ReferenceTensor, gradient dy: ReferenceTensor, live: Int, of slopes: Shape
  ) -> [Double] {
    var sums = [Double](repeating: 0, count: slopes.count)
    for lane in 0..<live {
      for position in 0..<x.positions {
        for channel in 0..<x.shape.channels {
          let value = min(0, x.element(lane, position: position, channel: channel))
          sums[index(position, channel, x.shape, slopes)] +=
            value * dy.element(lane, position: position, channel: channel)
        }
      }
    }
    return sums
  }

  /// Where the slope of an element lies, from the place of the element in Keras's order, axis by axis from the last.
  private static func index(_ position: Int, _ channel: Int, _ shape: Shape, _ slopes: Shape) -> Int {
    var (rest, stride, index) = (position * shape.channels + channel, 1, 0)
    for axis in shape.dimensions.indices.reversed() {
      let size = shape.dimensions[axis]
      if slopes.dimensions[axis] > 1 { index += rest % size * stride }
      stride *= slopes.dimensions[axis]
      rest /= size
    }
    return index
  }
}
