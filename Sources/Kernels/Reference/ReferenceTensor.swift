package import Tensors

/// Activations in doubles, one sample after the other in Keras's order: what the slow twins of the kernels compute
/// with.
package struct ReferenceTensor: Sendable {
  package let shape: Shape
  package let lanes: Int
  package var values: [Double]

  /// Zeros.
  package init(_ shape: Shape, lanes: Int) {
    (self.shape, self.lanes) = (shape, lanes)
    values = Array(repeating: 0, count: lanes * shape.count)
  }

  package init(_ tensor: Tensor) {
    self.init(tensor.shape, lanes: tensor.lanes)
    values = (0..<lanes).flatMap { tensor.sample($0).map(Double.init) }
  }

  package subscript(lane: Int, depth: Int, height: Int, width: Int, channel: Int) -> Double {
    get { values[index(lane, depth, height, width, channel)] }
    set { values[index(lane, depth, height, width, channel)] = newValue }
  }

  /// Elements of a channel of one sample.
  package var positions: Int { shape.depth * shape.height * shape.width }

  /// All (depth, height, width), row by row.
  package var cells: [(depth: Int, height: Int, width: Int)] {
    (0..<shape.depth).flatMap { depth in
      (0..<shape.height).flatMap { height in (0..<shape.width).map { (depth, height, $0) } }
    }
  }

  /// Element `position` of a channel, counted row by row.
  package func element(_ lane: Int, position: Int, channel: Int) -> Double {
    values[(lane * positions + position) * shape.channels + channel]
  }

  /// Replaces each element by a function of its value and place.
  package func map(
    _ transform: (_ value: Double, _ lane: Int, _ position: Int, _ channel: Int) -> Double
  ) -> ReferenceTensor {
    var result = self
    for index in values.indices {
      let place = index / shape.channels
      result.values[index] = transform(values[index], place / positions, place % positions, index % shape.channels)
    }
    return result
  }

  private func index(_ lane: Int, _ depth: Int, _ height: Int, _ width: Int, _ channel: Int) -> Int {
    (((lane * shape.depth + depth) * shape.height + height) * shape.width + width) * shape.channels + channel
  }
}
