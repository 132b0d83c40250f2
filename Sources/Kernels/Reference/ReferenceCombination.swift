internal import Tensors

/// Slow twins of `Combination`.
package enum ReferenceCombination {
  /// The value at a place of `whole`, of a tensor that is repeated to that shape.
  package static func repeated(
    _ tensor: ReferenceTensor, _ whole: ReferenceTensor, _ lane: Int, _ position: Int, _ channel: Int
  ) -> Double {
    let place = place(position, in: whole)
    let shape = tensor.shape
    return tensor[
      lane, shape.depth == 1 ? 0 : place.depth, shape.height == 1 ? 0 : place.height,
      shape.width == 1 ? 0 : place.width, shape.channels == 1 ? 0 : channel]
  }

  package static func apply(
    _ operation: Combination.Operation, _ a: ReferenceTensor, _ b: ReferenceTensor, like whole: ReferenceTensor
  ) -> ReferenceTensor {
    whole.map { _, lane, position, channel in
      let x = repeated(a, whole, lane, position, channel)
      let y = repeated(b, whole, lane, position, channel)
      switch operation {
      case .sum: return x + y
      case .difference: return x - y
      case .product: return x * y
      case .quotient: return x / y
      case .maximum: return x < y ? y : x
      case .minimum: return y < x ? y : x
      }
    }
  }

  /// The sum of a * b over the places that `small` has one of.
  package static func sum(
    _ a: ReferenceTensor, times b: ReferenceTensor, into small: ReferenceTensor
  ) -> ReferenceTensor {
    var sums = small.map { _, _, _, _ in 0 }
    for lane in 0..<a.lanes {
      for position in 0..<a.positions {
        for channel in 0..<a.shape.channels {
          let place = place(position, in: a)
          let shape = small.shape
          sums[
            lane, shape.depth == 1 ? 0 : place.depth, shape.height == 1 ? 0 : place.height,
            shape.width == 1 ? 0 : place.width, shape.channels == 1 ? 0 : channel] +=
            a.element(lane, position: position, channel: channel) * repeated(b, a, lane, position, channel)
        }
      }
    }
    return sums
  }

  private static func place(
    _ position: Int, in tensor: ReferenceTensor
  ) -> (depth: Int, height: Int, width: Int) {
    let (height, width) = (tensor.shape.height, tensor.shape.width)
    return (position / (height * width), position / width % height, position % width)
  }
}
