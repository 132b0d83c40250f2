import Tensors

extension [Shape] {
  /// The one shape of several inputs.
  func equal(atLeast count: Int = 2, atMost limit: Int = .max) throws(ShapeError) -> Shape {
    guard self.count >= count, self.count <= limit, allSatisfy({ $0 == self[0] }) else {
      let number = limit == count ? "\(count)" : "\(count) or more"
      throw ShapeError(
        "takes \(number) inputs of one shape, but gets \(map(\.description).joined(separator: " and ")).")
    }
    return self[0]
  }

  /// The only input of a layer.
  func one(rank: Int? = nil) throws(ShapeError) -> Shape {
    guard count == 1 else { throw ShapeError("takes one input, but gets \(count).") }
    if let rank, self[0].rank != rank {
      let wanted =
        switch rank {
        case 2: "sequences of shape (steps, channels)"
        case 3: "images of shape (height, width, channels)"
        case 4: "volumes of shape (depth, height, width, channels)"
        default: "inputs with \(rank) axes"
        }
      throw ShapeError("takes \(wanted), but gets \(self[0]).")
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
