/// One integer for each spatial axis: the size of a kernel, strides, a position. An axis that a shape does not have
/// counts as size 1.
public struct Axes: Hashable, Sendable, ExpressibleByArrayLiteral {
  public var depth: Int, height: Int, width: Int

  public init(depth: Int = 1, height: Int = 1, width: Int = 1) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// One number for each axis that there is, in Keras's order; 1 for the others: `[3, 3]`, `[2]`.
  public init(_ sizes: [Int]) {
    precondition(sizes.count <= 3, "\(sizes.count) spatial axes: at most three are known")
    let all = [Int](repeating: 1, count: 3 - sizes.count) + sizes
    self.init(depth: all[0], height: all[1], width: all[2])
  }

  public init(arrayLiteral sizes: Int...) { self.init(sizes) }

  public static let zero = Axes(depth: 0, height: 0, width: 0)
  public static let one = Axes(depth: 1)

  /// A value per axis, computed from the axis's index: 0 depth, 1 height, 2 width.
  init(each value: (_ axis: Int) -> Int) {
    self.init(depth: value(0), height: value(1), width: value(2))
  }

  subscript(axis: Int) -> Int { axis == 0 ? depth : axis == 1 ? height : width }

  /// The product over the axes.
  public var count: Int { depth * height * width }

  func allSatisfy(_ condition: (Int) -> Bool) -> Bool { condition(depth) && condition(height) && condition(width) }
}
