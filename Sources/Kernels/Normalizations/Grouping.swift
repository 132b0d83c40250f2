internal import CKernels
public import Tensors

/// Which elements of a sample belong together: those that are normalised with one mean, or over which a softmax is
/// taken.
public struct Grouping: Hashable, Sendable {
  public let shape: Shape
  /// For each axis of the shape, into how many equal parts it is cut: 1 where all its elements are together.
  public let groups: [Int]
  /// The axes along which parameters differ; the others share them.
  public let parameterAxes: [Int]

  /// - Parameters:
  ///   - groups: divisors of the sizes; at most one axis is cut into parts of more than one element.
  ///   - parameterAxes: counted from 0, ascending.
  public init(_ shape: Shape, groups: [Int], parameterAxes: [Int] = []) {
    precondition(groups.count == shape.rank && zip(shape.dimensions, groups).allSatisfy { $1 > 0 && $0 % $1 == 0 })
    precondition(
      zip(shape.dimensions, groups).count { $1 > 1 && $1 < $0 } < 2, "two axes of \(shape) are cut: \(groups)")
    (self.shape, self.groups, self.parameterAxes) = (shape, groups, parameterAxes)
  }

  /// One group for each place along the other axes.
  ///
  /// - Parameter axes: along which elements are together.
  public init(_ shape: Shape, joining axes: [Int], parameterAxes: [Int] = []) {
    self.init(
      shape, groups: shape.dimensions.enumerated().map { axes.contains($0.offset) ? 1 : $0.element },
      parameterAxes: parameterAxes)
  }

  public var groupCount: Int { groups.reduce(1, *) }
  public var parameterCount: Int { parameterAxes.reduce(1) { $0 * shape.dimensions[$1] } }

  /// Axes that the shape does not have count as size 1.
  var kernel: ck_grouping {
    let (channel, slice, row, column) = (axis(0), axis(3), axis(2), axis(1))
    return ck_grouping(
      size: (channel.size, slice.size, row.size, column.size),
      groups: (channel.groups, slice.groups, row.groups, column.groups),
      parameter: (channel.parameter, slice.parameter, row.parameter, column.parameter))
  }

  private func axis(_ fromEnd: Int) -> (size: Int, groups: Int, parameter: Int) {
    let axis = shape.rank - 1 - fromEnd
    guard axis >= 0 else { return (1, 1, 0) }
    var stride = parameterAxes.contains(axis) ? 1 : 0
    for later in parameterAxes where later > axis { stride *= shape.dimensions[later] }
    return (shape.dimensions[axis], groups[axis], stride)
  }
}
