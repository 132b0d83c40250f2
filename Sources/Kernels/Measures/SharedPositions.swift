internal import CKernels
import Tensors

/// The positions at which a metric compares two tensors, such as the pixels of scores and of a mask.
///
/// An axis along which classes lie is no axis of positions, and neither is one of a single element: scores (H, W, C)
/// and masks (H, W) or (H, W, 1) have the positions (H, W).
struct SharedPositions {
  private(set) var positions = ck_positions()

  /// - Parameters:
  ///   - firstAxis: of the first tensor's shape, the axis that is read as a whole; nil where each element is one.
  init?(_ first: Tensor, without firstAxis: Int?, _ second: Tensor, without secondAxis: Int?) {
    let (one, other) = (Axes(first, without: firstAxis), Axes(second, without: secondAxis))
    guard one.counts == other.counts else { return nil }
    positions.count = (one.counts[0], one.counts[1], one.counts[2], one.counts[3])
    positions.first = (one.strides[0], one.strides[1], one.strides[2], one.strides[3])
    positions.second = (other.strides[0], other.strides[1], other.strides[2], other.strides[3])
  }

  /// Elements and strides along up to four axes, those that exist last.
  private struct Axes {
    var counts = SIMD4<Int>(repeating: 1)
    var strides = SIMD4<Int>(repeating: 0)

    init(_ tensor: Tensor, without omitted: Int?) {
      var place = 3
      for axis in (0..<tensor.shape.rank).reversed() where axis != omitted && tensor.shape.dimensions[axis] != 1 {
        (counts[place], strides[place]) = (tensor.shape.dimensions[axis], tensor.stride(ofAxis: axis))
        place -= 1
      }
    }
  }
}

extension Tensor {
  /// Floats from one element to the next along an axis of the shape.
  func stride(ofAxis axis: Int) -> Int {
    switch shape.rank - 1 - axis {
    case 0: layout.channelStride
    case 1: layout.lanes
    case 2: layout.rowStride
    default: layout.sliceStride
    }
  }
}
