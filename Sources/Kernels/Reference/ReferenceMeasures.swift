import Foundation
internal import Tensors

/// Slow twins of `ClassCounts`, `LabelledScores` and `ErrorSums`: positions one after the other, scores (…, K) and
/// targets (…, 1) of class numbers, or (…, K).
package enum ReferenceMeasures {
  /// The first of the largest of some values.
  package static func largest(_ values: [Double]) -> Int { values.firstIndex(of: values.max()!)! }

  /// Positions by class of the target, then by class of the largest score.
  package static func confusion(
    _ scores: ReferenceTensor, _ targets: ReferenceTensor, lanes: Range<Int>, ignoring ignored: Int?
  ) -> [[Int64]] {
    let classes = scores.shape.channels
    var counts = Array(repeating: Array(repeating: Int64(0), count: classes), count: classes)
    for lane in lanes {
      for position in 0..<scores.positions {
        let wanted = Int(targets.element(lane, position: position, channel: 0))
        let values = (0..<classes).map { scores.element(lane, position: position, channel: $0) }
        if wanted != ignored, (0..<classes).contains(wanted) { counts[wanted][largest(values)] += 1 }
      }
    }
    return counts
  }

  /// Of each class: scores above a threshold whose class is wanted, those above it, wanted ones.
  package static func positives(
    _ scores: ReferenceTensor, _ targets: ReferenceTensor, lanes: Range<Int>, above threshold: Double
  ) -> [Int64] {
    var counts = Array(repeating: Int64(0), count: 3 * scores.shape.channels)
    for lane in lanes {
      for position in 0..<scores.positions {
        for channel in 0..<scores.shape.channels {
          let isPositive = scores.element(lane, position: position, channel: channel) > threshold
          let isWanted = targets.element(lane, position: position, channel: 0) == Double(channel)
          counts[3 * channel] += isPositive && isWanted ? 1 : 0
          counts[3 * channel + 1] += isPositive ? 1 : 0
          counts[3 * channel + 2] += isWanted ? 1 : 0
        }
      }
    }
    return counts
  }

  /// The sum of an error over the elements of one lane.
  package static func sum(
    _ outputs: ReferenceTensor, _ targets: ReferenceTensor, lane: Int, of element: ErrorSums.Element
  ) -> Double {
    (0..<outputs.positions).reduce(0) { sum, position in
      (0..<outputs.shape.channels).reduce(sum) { sum, channel in
        let x = outputs.element(lane, position: position, channel: channel)
        let y = targets.element(lane, position: position, channel: channel)
        return sum + error(x, y, element)
      }
    }
  }

  private static func error(_ x: Double, _ y: Double, _ element: ErrorSums.Element) -> Double {
    switch element {
    case .squared: (x - y) * (x - y)
    case .absolute: abs(x - y)
    case .percentage: 100 * abs(x - y) / max(abs(y), 1e-7)
    case .squaredLogarithmic: pow(log(1 + max(x, 1e-7)) - log(1 + max(y, 1e-7)), 2)
    case .logCosh: log(cosh(x - y))
    case .signed: x - y
    case .target: y
    case .squaredTarget: y * y
    }
  }
}
