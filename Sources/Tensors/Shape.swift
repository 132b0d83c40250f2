/// The shape of one sample, in Keras's order: channels last, no batch axis. `(H, W, C)` for an image, `(F)` for
/// features.
///
/// Axes before the last are spatial. Up to three of them exist: depth, height and width, the last one present being the
/// width.
public struct Shape: Hashable, Sendable, CustomStringConvertible, ExpressibleByArrayLiteral {
  public let dimensions: [Int]

  public init(_ dimensions: [Int]) {
    precondition(dimensions.count <= 4, "a sample has at most four axes: depth, height, width, channels")
    precondition(dimensions.allSatisfy { $0 >= 0 }, "a dimension is negative: \(dimensions)")
    self.dimensions = dimensions
  }

  public init(_ dimensions: Int...) { self.init(dimensions) }

  public init(arrayLiteral elements: Int...) { self.init(elements) }

  public var rank: Int { dimensions.count }

  /// Elements of one sample; `Int.max` where they would be more.
  public var count: Int { dimensions.saturatedProduct }

  /// Size of the last axis; 1 for a scalar.
  public var channels: Int { dimensions.last ?? 1 }

  public var width: Int { spatial(fromEnd: 0) }
  public var height: Int { spatial(fromEnd: 1) }
  public var depth: Int { spatial(fromEnd: 2) }

  /// `(32, 32, 3)`, as Keras prints it without the batch axis.
  public var description: String {
    rank == 1 ? "(\(dimensions[0]),)" : "(" + dimensions.map(String.init).joined(separator: ", ") + ")"
  }

  private func spatial(fromEnd index: Int) -> Int {
    let axis = rank - 2 - index
    return axis >= 0 ? dimensions[axis] : 1
  }
}

extension Shape {
  /// The same but for the last axis; a scalar, whose one channel is no axis, stays one.
  public func with(channels: Int) -> Shape { rank == 0 ? self : Shape(Array(dimensions.dropLast()) + [channels]) }

  /// (H, W, C) as (C, H, W), and the other way round; of any rank.
  public var movingLastAxisFirst: Shape { Shape(Array(dimensions.suffix(1) + dimensions.dropLast())) }
  public var movingFirstAxisLast: Shape { Shape(Array(dimensions.dropFirst() + dimensions.prefix(1))) }

  /// More elements than this, of a sample or a parameter, are refused: no machine has memory for them.
  public static let mostElements = 1 << 32
}

extension [Int] {
  /// The product of sizes, or `Int.max` where it would be larger.
  public var saturatedProduct: Int {
    var product = 1
    for size in self {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      if overflow { return contains(0) ? 0 : .max }
      product = next
    }
    return product
  }
}

extension Int {
  /// The sum of two numbers that are not negative, or `Int.max` where it would be larger.
  public func saturatedSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
