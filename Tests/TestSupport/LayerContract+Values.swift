public import Tensors

extension LayerContract.Values {
  /// One sample of a shape, in Keras's order.
  public func draw(_ shape: Shape, _ random: inout RandomStream) -> [Float] {
    let indices = 0..<shape.count
    switch self {
    case .smooth: return indices.map { _ in random.normal() }
    case .separated:
      var grid = indices.map { index -> Float in
        let size = 0.1 + 0.05 * Float(index / 2)
        return index % 2 == 0 ? size : -size
      }
      for last in stride(from: shape.count - 1, to: 0, by: -1) {
        grid.swapAt(last, random.integer(below: last + 1))
      }
      return grid
    case .shares: return indices.map { _ in 0.1 + 0.8 * random.uniform() }
    case .counts: return indices.map { _ in 1 + 3 * random.uniform() }
    case .binary: return indices.map { _ in Float(random.integer(below: 2)) }
    case .classNumbers(let count): return indices.map { _ in Float(random.integer(below: count)) }
    case .signs: return indices.map { _ in Float(2 * random.integer(below: 2) - 1) }
    case .distribution:
      return positions(shape) { channels in
        let shares = channels.map { _ in 0.1 + random.uniform() }
        return shares.map { $0 / shares.reduce(0, +) }
      }
    case .oneHot:
      return positions(shape) { channels in
        let chosen = random.integer(below: channels.count)
        return channels.map { $0 == chosen ? 1 : 0 }
      }
    case .boxes, .centredBoxes:
      return positions(shape) { _ in
        let (x, y) = (4 * random.uniform(), 4 * random.uniform())
        let (width, height) = (3 + 5 * random.uniform(), 3 + 5 * random.uniform())
        return self == .boxes
          ? [x, y, x + width, y + height] : [x + width / 2, y + height / 2, width, height]
      }
    }
  }

  private func positions(_ shape: Shape, _ draw: (Range<Int>) -> [Float]) -> [Float] {
    (0..<shape.count / shape.channels).flatMap { _ in draw(0..<shape.channels) }
  }
}
