import Foundation
internal import Tensors

/// Slow twin of `SparseCrossEntropy`.
package enum ReferenceSparseCrossEntropy {
  /// For each image, the loss and its gradient, times a factor.
  ///
  /// - Parameter target: one class number at every position.
  package static func evaluate(
    _ x: ReferenceTensor, target: ReferenceTensor, live: Int, isOfLogits: Bool, smoothing: Double, ignored: Double?,
    factors: [Double]
  ) -> (losses: [Double], gradient: ReferenceTensor) {
    let classes = x.shape.channels
    var losses = Array(repeating: 0.0, count: x.lanes)
    var gradient = ReferenceTensor(x.shape, lanes: x.lanes)
    for lane in 0..<live {
      let counting = x.cells.enumerated().filter { target.element(lane, position: $0.offset, channel: 0) != ignored }
      for (position, cell) in counting {
        let label = Int(target.element(lane, position: position, channel: 0))
        let values = (0..<classes).map { x.element(lane, position: position, channel: $0) }
        let wanted = (0..<classes).map { smoothing / Double(classes) + ($0 == label ? 1 - smoothing : 0) }
        let terms = isOfLogits ? values.map { exp($0 - values.max()!) } : values
        let sum = terms.reduce(0, +)
        let shares = terms.map { $0 / sum }
        let cut = isOfLogits ? shares : shares.map { min(max($0, 1e-7), 1 - 1e-7) }
        let factor = factors[lane] / Double(counting.count)
        losses[lane] -= zip(wanted, cut).reduce(0) { $0 + $1.0 * log($1.1) } / Double(counting.count)
        let slopes = (0..<classes).map { shares[$0] == cut[$0] ? -wanted[$0] / cut[$0] : 0 }
        let common = zip(slopes, shares).reduce(0) { $0 + $1.0 * $1.1 }
        for channel in 0..<classes {
          let inner = isOfLogits ? shares[channel] : 1 / sum
          gradient[lane, cell.depth, cell.height, cell.width, channel] = (slopes[channel] - common) * inner * factor
        }
      }
    }
    return (losses, gradient)
  }
}
