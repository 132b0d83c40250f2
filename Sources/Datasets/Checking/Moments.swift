import Foundation

/// Mean and deviation of some numbers.
package struct Moments: Sendable, Hashable {
  package let count: Int
  package let mean: Double
  package let deviation: Double

  /// Numbers whose deviation is compared.
  private static let fewest = 16

  init(count: Int, sum: Double, squares: Double) {
    self.count = count
    mean = count > 0 ? sum / Double(count) : 0
    deviation = count > 0 ? max(0, squares / Double(count) - mean * mean).squareRoot() : 0
  }

  var text: String { String(format: "%.4g", mean) }

  /// Whether the numbers lie on another scale than those of the training data: ten times as wide or as narrow, or
  /// further from its mean than three times what it spreads.
  func isElsewhere(than trained: Moments) -> Bool {
    guard count > 1, trained.count > 1, trained.deviation > 0 else { return false }
    let isElsewhere = abs(mean - trained.mean) > 3 * trained.deviation
    // Of a few numbers the deviation says little.
    guard deviation > 0, count >= Moments.fewest else { return isElsewhere }
    return isElsewhere || deviation > 10 * trained.deviation || trained.deviation > 10 * deviation
  }

  /// Of each channel of the images that have most channels in common, in the order of the samples.
  package static func ofChannels(_ facts: [SampleFacts]) -> [Moments] {
    let images = facts.compactMap(\.image)
    guard let channels = images.first?.channels else { return [] }
    let alike = images.filter { $0.channels == channels }
    return (0..<channels).map { channel in
      Moments(
        count: alike.reduce(0) { $0 + $1.count },
        sum: alike.reduce(0) { $0 + $1.sums[channel] }, squares: alike.reduce(0) { $0 + $1.squares[channel] })
    }
  }

  /// Of each number of the rows of a column.
  static func ofColumns(_ rows: [[Double]]) -> [Moments] {
    let rows = rows.filter { !$0.isEmpty }
    return (rows.first?.indices ?? 0..<0).map { place in
      let values = rows.filter { $0.count > place }.map { $0[place] }
      return Moments(
        count: values.count, sum: values.reduce(0, +), squares: values.reduce(0) { $0 + $1 * $1 })
    }
  }
}
