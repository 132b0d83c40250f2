import Foundation

/// Boundaries that share numbers out evenly, as Keras's `Discretization` finds them: every number at a step of
/// `epsilon` stands for those before it, and boundaries lie between these in proportion.
struct Quantiles {
  private var values: [Double] = []
  private var weights: [Double] = []

  /// - Parameter counts: every number with how often it was seen.
  init(_ counts: [Float: Int], epsilon: Double) {
    let sorted = counts.sorted { $0.key < $1.key }
    let elements = sorted.reduce(0) { $0 + $1.value }
    let step = max(Double(elements) / (1 / epsilon), 1)
    // Keras cuts the fractions of the start and of the step off, and weighs with the whole step.
    var (position, passed) = (Int(step - 1), 0)
    for (number, count) in sorted {
      passed += count
      while position < passed {
        values.append(Double(number))
        weights.append(Double(Float(step)))
        position += Int(step)
      }
    }
    compress(epsilon)
  }

  /// Fewer boundaries than there are bins.
  func boundaries(bins: Int) -> [Float] {
    var copy = self
    copy.compress(1 / Double(bins))
    return copy.values.dropLast().map { Float($0) }
  }

  private mutating func compress(_ epsilon: Double) {
    guard Double(values.count) * epsilon >= 1 else { return }
    // As numpy's `arange(0, 1, epsilon)`.
    let percents = (0..<Int((1 / epsilon).rounded(.up))).map { epsilon + Double($0) * epsilon }
    // Keras adds and divides floats here.
    var added: [Float] = []
    for weight in weights { added.append((added.last ?? 0) + Float(weight)) }
    let (sums, shares) = (added.map { Double($0) }, added.map { Double($0 / added.last!) })
    let newValues = percents.map { Quantiles.interpolated($0, shares, values) }
    let newSums = percents.map { Quantiles.interpolated($0, shares, sums) }
    values = newValues.map { Double(Float($0)) }
    weights = zip(newSums, [0] + newSums.dropLast()).map { Double(Float($0 - $1)) }
  }

  /// As numpy's `interp`: a line between places, the first and the last value beyond them.
  private static func interpolated(_ x: Double, _ places: [Double], _ values: [Double]) -> Double {
    guard x > places[0] else { return values[0] }
    guard x < places.last! else { return values.last! }
    let right = places.firstIndex { $0 > x }!
    let slope = (values[right] - values[right - 1]) / (places[right] - places[right - 1])
    return slope * (x - places[right - 1]) + values[right - 1]
  }
}
