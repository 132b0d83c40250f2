/// The step from an array of a file to a variable of Keras's layout.
public enum Rearrangement: Hashable, Sendable, CustomStringConvertible {
  /// Axis i of the result is axis `axes[i]` of the array.
  case transposed([Int])
  /// The first so many axes run backwards: kernels of Theano, which convolves where others correlate.
  case flipped(axes: Int)
  /// The same values in another shape.
  case reshaped([Int])

  public var description: String {
    switch self {
    case .transposed(let axes): "transposed \(axes)"
    case .flipped: "flipped"
    case .reshaped(let shape): "reshaped \(shape)"
    }
  }

  func shape(of shape: [Int]) -> [Int] {
    switch self {
    case .transposed(let axes): axes.map { shape[$0] }
    case .flipped: shape
    case .reshaped(let shape): shape
    }
  }

  /// - Parameter values: row-major, of the shape.
  func callAsFunction(_ values: [Float], shape: [Int]) -> [Float] {
    switch self {
    case .reshaped: return values
    case .flipped(let axes):
      // Reversing the places of all leading axes at once reverses each of them.
      let size = shape.dropFirst(axes).reduce(1, *)
      let places = shape.prefix(axes).reduce(1, *)
      return (0..<places).reversed().flatMap { values[$0 * size..<($0 + 1) * size] }
    case .transposed(let axes):
      var strides = Array(repeating: 1, count: shape.count)
      for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
      let (sizes, steps) = (axes.map { shape[$0] }, axes.map { strides[$0] })
      var result: [Float] = []
      result.reserveCapacity(values.count)
      var place = Array(repeating: 0, count: sizes.count)
      var offset = 0
      for _ in values.indices {
        result.append(values[offset])
        // Counts up from the last axis.
        for axis in sizes.indices.reversed() {
          place[axis] += 1
          offset += steps[axis]
          if place[axis] < sizes[axis] { break }
          offset -= steps[axis] * sizes[axis]
          place[axis] = 0
        }
      }
      return result
    }
  }
}
