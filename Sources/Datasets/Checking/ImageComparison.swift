/// Compares two images cell by cell, whatever their brightness and contrast.
///
/// Thresholds were tuned on copies of images of CIFAR-10, BCCD and CamVid that were saved anew, resized and brightened,
/// and on the pairs of these data sets that are most alike (docs/checking-data.md).
enum ImageComparison {
  /// Grey levels of 255 by which the cells of an image must differ; plainer images look alike whatever they show.
  static let leastDeviation: Float = 4
  /// The correlation of 16x16 cells from which on images are looked at again.
  static let candidateCorrelation: Float = 0.965

  /// The images are nearly the same: their brightness goes together everywhere, and their colours are the same.
  ///
  /// - Parameter turn: how the second one lies.
  static func isNearlySame(_ first: Thumbnail, _ second: Thumbnail, _ turn: Turn) -> Bool {
    let shortest = min(first.shortSide, second.shortSide)
    // Where images have fewer pixels than cells, neighbouring cells say the same.
    let isTiny = shortest < Thumbnail.side
    let side = isTiny ? Thumbnail.smallSide : Thumbnail.side
    let a = isTiny ? first.small : first.luma
    let b = turn.turn(isTiny ? second.small : second.luma, side: side)
    let fit = Fit(a, b)
    guard fit.deviations.0 >= leastDeviation, fit.deviations.1 >= leastDeviation else { return false }
    let limits: (correlation: Float, rest: Float) =
      if isSparse(a) || isSparse(b) {
        // A stroke on an empty ground, such as a handwritten 1, is much like another one.
        (0.998, 0.12)
      } else if shortest >= 2 * Thumbnail.side {
        // Of large images more is known.
        (0.99, 0.35)
      } else {
        (0.98, 0.45)
      }
    guard fit.correlation >= limits.correlation, (0.7...1.43).contains(fit.gain) else { return false }
    guard fit.greatestRest(a, b, side: side) <= limits.rest * fit.deviations.1 else { return false }
    return colourDistance(first, second, turn, gain: fit.gain) <= 7
  }

  /// Less than 20 of 100 cells differ from most by more than a tenth of the range.
  private static func isSparse(_ plane: [Float]) -> Bool {
    let ordered = plane.sorted()
    let (median, range) = (ordered[ordered.count / 2], ordered.last! - ordered[0])
    return plane.count { abs($0 - median) > range / 10 } * 100 < plane.count * 20
  }

  /// The correlation of two planes.
  static func correlation(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    Fit(Array(a), Array(b)).correlation
  }

  /// The second plane as the first one times a gain plus an offset.
  private struct Fit {
    let means: (Float, Float)
    let deviations: (Float, Float)
    let correlation: Float
    let gain: Float

    init(_ a: [Float], _ b: [Float]) {
      let count = Float(a.count)
      let (meanA, meanB) = (a.reduce(0, +) / count, b.reduce(0, +) / count)
      var (squaresA, squaresB, products): (Float, Float, Float) = (0, 0, 0)
      for index in a.indices {
        let (x, y) = (a[index] - meanA, b[index] - meanB)
        squaresA += x * x
        squaresB += y * y
        products += x * y
      }
      means = (meanA, meanB)
      deviations = ((squaresA / count).squareRoot(), (squaresB / count).squareRoot())
      let norm = (squaresA * squaresB).squareRoot()
      correlation = norm > 0 ? products / norm : 0
      gain = squaresA > 0 ? products / squaresA : 0
    }

    /// What the fit leaves in the block of 8x8 in which it leaves most: something that has moved shows there.
    func greatestRest(_ a: [Float], _ b: [Float], side: Int) -> Float {
      let size = side / Thumbnail.coarseSide
      var greatest: Float = 0
      for block in 0..<Thumbnail.coarseSide * Thumbnail.coarseSide {
        let start = block / Thumbnail.coarseSide * size * side + block % Thumbnail.coarseSide * size
        var sum: Float = 0
        for row in 0..<size {
          for column in 0..<size {
            let place = start + row * side + column
            let rest = b[place] - means.1 - gain * (a[place] - means.0)
            sum += rest * rest
          }
        }
        greatest = max(greatest, sum / Float(size * size))
      }
      return greatest.squareRoot()
    }
  }

  /// The root mean square of the differences of red and blue.
  private static func colourDistance(_ a: Thumbnail, _ b: Thumbnail, _ turn: Turn, gain: Float) -> Float {
    let cells = Thumbnail.coarseSide * Thumbnail.coarseSide
    // A grey image has none.
    func plane(_ plane: [Float]) -> [Float] { plane.isEmpty ? Array(repeating: 0, count: cells) : plane }
    var sum: Float = 0
    for (own, other) in [(a.red, b.red), (a.blue, b.blue)] {
      let (own, other) = (plane(own), turn.turn(plane(other), side: Thumbnail.coarseSide))
      for cell in 0..<cells { sum += (own[cell] * gain - other[cell]) * (own[cell] * gain - other[cell]) }
    }
    return (sum / Float(2 * cells)).squareRoot()
  }
}
