import Tensors

extension [Shape] {
  /// The shape to which several inputs are repeated, as Keras merges: axes counted from the channels, each of one size
  /// or of size 1.
  func merged(atLeast count: Int = 2, atMost limit: Int = .max) throws(ShapeError) -> Shape {
    let number = limit == count ? "\(count)" : "\(count) or more"
    var sizes = [Int](repeating: 1, count: map(\.rank).max() ?? 0)
    var fits = self.count >= count && self.count <= limit
    for shape in self {
      for (axis, size) in shape.dimensions.enumerated() where size != 1 {
        let place = sizes.count - shape.rank + axis
        fits = fits && (sizes[place] == 1 || sizes[place] == size)
        sizes[place] = size
      }
    }
    guard fits else {
      throw ShapeError(
        "takes \(number) inputs of one shape, or of size 1 where others have more, but gets "
          + "\(map(\.description).joined(separator: " and ")); give it as many, and bring them to one shape by cropping, "
          + "padding, pooling or a convolution.")
    }
    return Shape(sizes)
  }

  /// The only input of a layer.
  func one(rank: Int? = nil) throws(ShapeError) -> Shape {
    guard count == 1 else { throw ShapeError("takes one input, but gets \(count); join them before it.") }
    if let rank, self[0].rank != rank {
      let wanted =
        switch rank {
        case 2: "sequences of shape (steps, channels)"
        case 3: "images of shape (height, width, channels)"
        case 4: "volumes of shape (depth, height, width, channels)"
        default: "inputs with \(rank) axes"
        }
      throw ShapeError(
        "takes \(wanted), but gets \(self[0]); put a Reshape before it, or take a layer for such inputs.")
    }
    return self[0]
  }
}

extension Shape {
  /// Refuses what no memory holds, before a product of sizes overflows.
  func checkSize() throws(ShapeError) {
    guard count <= Shape.mostElements else {
      throw ShapeError("would give the shape \(self), which is more than any memory holds; make it smaller.")
    }
  }
}

extension JSONValue {
  init(_ values: [Int]) { self = .array(values.map { .integer($0) }) }
}
