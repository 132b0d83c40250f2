internal import CKernels
public import Tensors

/// The product of two tensors, summed over one axis of each, sample by sample: z[i..., j...] = sum over k of x[i..., k,
/// i...] y[j..., k, j...]. Keras's Dot.
public struct Contraction: Hashable, Sendable {
  /// Counted from 0, without the batch.
  public let firstAxis: Int, secondAxis: Int

  public init(firstAxis: Int, secondAxis: Int) { (self.firstAxis, self.secondAxis) = (firstAxis, secondAxis) }

  /// The axes of the first and then of the second that are left; one of size 1 where there are none.
  public func output(_ first: Shape, _ second: Shape) -> [Int] {
    var sizes: [Int] = []
    for (axis, size) in first.dimensions.enumerated() where axis != firstAxis { sizes.append(size) }
    for (axis, size) in second.dimensions.enumerated() where axis != secondAxis { sizes.append(size) }
    return sizes.isEmpty ? [1] : sizes
  }

  /// Writes z.
  public func apply(_ first: Tensor, _ second: Tensor, into output: Tensor) {
    check(first, second, output)
    var axes = ck_contraction.empty
    var place = 0
    for axis in 0..<first.shape.rank where axis != firstAxis {
      axes.keep(place, first.shape.dimensions[axis], first.step(axis), 0, output.step(place))
      place += 1
    }
    for axis in 0..<second.shape.rank where axis != secondAxis {
      axes.keep(place, second.shape.dimensions[axis], 0, second.step(axis), output.step(place))
      place += 1
    }
    axes.sum(0, first.shape.dimensions[firstAxis], first.step(firstAxis), second.step(secondAxis))
    unsafe ck_contract(&axes, first.pointer, second.pointer, output.pointer, output.lanes)
  }

  /// Writes dx = sum over the axes of y that are left of dz y.
  public func differentiateFirst(gradient: Tensor, second: Tensor, into firstGradient: Tensor) {
    check(firstGradient, second, gradient)
    differentiate(gradient, second, secondAxis, firstGradient, firstAxis, 0, firstGradient.shape.rank - 1)
  }

  /// Writes dy = sum over the axes of x that are left of dz x.
  public func differentiateSecond(gradient: Tensor, first: Tensor, into secondGradient: Tensor) {
    check(first, secondGradient, gradient)
    differentiate(gradient, first, firstAxis, secondGradient, secondAxis, first.shape.rank - 1, 0)
  }

  /// - Parameters: `start`, `otherStart`: where the axes of the result and of the other factor begin in the output.
  private func differentiate(
    _ gradient: Tensor, _ other: Tensor, _ otherAxis: Int, _ result: Tensor, _ resultAxis: Int, _ start: Int,
    _ otherStart: Int
  ) {
    var axes = ck_contraction.empty
    var place = 0
    for axis in 0..<result.shape.rank where axis != resultAxis {
      axes.keep(place, result.shape.dimensions[axis], gradient.step(start + place), 0, result.step(axis))
      place += 1
    }
    axes.keep(place, result.shape.dimensions[resultAxis], 0, other.step(otherAxis), result.step(resultAxis))
    place = 0
    for axis in 0..<other.shape.rank where axis != otherAxis {
      axes.sum(place, other.shape.dimensions[axis], gradient.step(otherStart + place), other.step(axis))
      place += 1
    }
    unsafe ck_contract(&axes, gradient.pointer, other.pointer, result.pointer, result.lanes)
  }

  private func check(_ first: Tensor, _ second: Tensor, _ output: Tensor) {
    precondition(first.shape.dimensions[firstAxis] == second.shape.dimensions[secondAxis])
    precondition(output.shape.dimensions == self.output(first.shape, second.shape))
    precondition(first.lanes == second.lanes && first.lanes == output.lanes)
  }
}

extension Tensor {
  /// Floats from one element to the next along an axis of the shape.
  fileprivate func step(_ axis: Int) -> Int {
    switch shape.rank - 1 - axis {
    case 0: layout.channelStride
    case 1: lanes
    case 2: layout.rowStride
    default: layout.sliceStride
    }
  }
}

extension ck_contraction {
  fileprivate static var empty: ck_contraction {
    let one = ck_contracted_axis(count: 1, first: 0, second: 0, result: 0)
    return ck_contraction(
      kept0: one, kept1: one, kept2: one, kept3: one, summed0: one, summed1: one, summed2: one)
  }

  fileprivate mutating func keep(_ place: Int, _ count: Int, _ first: Int, _ second: Int, _ result: Int) {
    let axis = ck_contracted_axis(count: count, first: first, second: second, result: result)
    switch place {
    case 0: kept0 = axis
    case 1: kept1 = axis
    case 2: kept2 = axis
    default: kept3 = axis
    }
  }

  fileprivate mutating func sum(_ place: Int, _ count: Int, _ first: Int, _ second: Int) {
    let axis = ck_contracted_axis(count: count, first: first, second: second, result: 0)
    switch place {
    case 0: summed0 = axis
    case 1: summed1 = axis
    default: summed2 = axis
    }
  }
}
