import Foundation
internal import Tensors

/// Slow twin of `SparseCrossEntropy`.
package enum ReferenceSparseCrossEntropy {
  /// For each image, the loss and its gradient, times a factor.
  ///
  /// - Parameters:
  ///   - target: one class number at every position.
  ///   - power: of the generalized one.
  ///   - weights: one for each class.
  ///   - divisor: of all images; nil divides each by its positions that count.
  package static func evaluate(
    _ x: ReferenceTensor, target: ReferenceTensor, live: Int, isOfLogits: Bool, power: Double? = nil, smoothing: Double,
    ignored: Double?, weights: [Double]? = nil, divisor: Double? = nil, factors: [Double]
  ) -> (losses: [Double], gradient: ReferenceTensor) {
    let classes = x.shape.channels
    var losses = Array(repeating: 0.0, count: x.lanes)
    var gradient = ReferenceTensor(x.shape, lanes: x.lanes)
    for lane in 0..<live {
      let counting = x.cells.enumerated().filter { target.element(lane, position: $0.offset, channel: 0) != ignored }
      let divisor = divisor ?? Double(counting.count)
      for (position, cell) in counting {
        let label = Int(target.element(lane, position: position, channel: 0))
        let values = (0..<classes).map { x.element(lane, position: position, channel: $0) }
        let wanted = (0..<classes).map { smoothing / Double(classes) + ($0 == label ? 1 - smoothing : 0) }
        let weight = (weights?[label] ?? 1) / divisor
        if let power {
          let p = min(values[label], 1)
          losses[lane] += (1 - pow(max(p, 0), power)) / power * weight
          gradient[lane, cell.depth, cell.height, cell.width, label] =
            -pow(max(p, 1e-7), power - 1) * weight * factors[lane]
          continue
        }
        let largest = isOfLogits ? values.max()! : 0
        let cut = isOfLogits ? values.map { exp($0 - largest) } : values.map { min(max($0, 1e-7), 1 - 1e-7) }
        let sum = cut.reduce(0, +)
        losses[lane] += zip(wanted, cut).reduce(log(sum)) { $0 - $1.0 * log($1.1) } * weight
        for channel in 0..<classes {
          // By what is summed, and then by the logit.
          let slope = 1 / sum - wanted[channel] / cut[channel]
          let inner = isOfLogits ? cut[channel] : cut[channel] == values[channel] ? 1 : 0
          gradient[lane, cell.depth, cell.height, cell.width, channel] = slope * inner * weight * factors[lane]
        }
      }
    }
    return (losses, gradient)
  }
}
