import Tensors

extension LayerConfiguration {
  /// One axis or a list of them, as Keras counts them.
  func axes(_ key: String = "axis", default standard: Int = -1) throws(ImportError) -> [Int] {
    let value = value(key)
    if value == .null { return [standard] }
    if let axis = value.asInteger { return [axis] }
    let axes = (value.asArray ?? []).compactMap(\.asInteger)
    guard !axes.isEmpty, axes.count == value.asArray?.count else {
      throw ImportError(
        "\(place): \(key) is \(value.brief), but must be an axis or a list of axes.")
    }
    return axes
  }
}

extension Shape {
  /// Keras's axes, 0 being the batch and -1 the last, as positions among this shape's dimensions; ascending.
  func positions(ofAxes axes: [Int]) throws(ShapeError) -> [Int] {
    var positions: Set<Int> = []
    for axis in axes {
      let position = axis < 0 ? rank + axis : axis - 1
      guard dimensions.indices.contains(position) else {
        throw ShapeError(
          "works along axis \(axis), but the input \(self) has the axes 1 to \(rank), which -1 to -\(rank) name as "
            + "well; name one of these."
        )
      }
      guard positions.insert(position).inserted else { throw ShapeError("names axis \(axis) twice; name it once.") }
    }
    return positions.sorted()
  }
}
