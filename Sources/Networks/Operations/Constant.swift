import Tensors

/// A constant operand: a number, or an array that is repeated along the axes where it has size 1.
struct Constant: Hashable, Sendable {
  let sizes: [Int]
  let values: [Float]

  /// Reads a number, or lists of numbers in each other; nil for anything else.
  init?(_ value: JSONValue) {
    guard let (sizes, values) = Constant.read(value) else { return nil }
    (self.sizes, self.values) = (sizes, values)
  }

  private static func read(_ value: JSONValue) -> ([Int], [Float])? {
    if let number = value.asNumber { return ([], [Float(number)]) }
    guard let list = value.asArray, !list.isEmpty else { return nil }
    var (sizes, values): ([Int]?, [Float]) = (nil, [])
    for element in list {
      guard let (inner, numbers) = read(element), sizes == nil || sizes == inner else { return nil }
      sizes = inner
      values += numbers
    }
    return ([list.count] + (sizes ?? []), values)
  }

  /// The shape among samples with so many axes; nil where it has more of them. A batch axis of size 1 does not count.
  func shape(rank: Int) -> Shape? {
    var sizes = sizes
    if sizes.count == rank + 1, sizes[0] == 1 { sizes.removeFirst() }
    guard sizes.count <= rank else { return nil }
    return Shape(Array(repeating: 1, count: rank - sizes.count) + sizes)
  }

  /// Writes the constant into every lane.
  func fill(_ tensor: Tensor) {
    for lane in 0..<tensor.lanes { tensor.setSample(lane, values) }
  }
}
