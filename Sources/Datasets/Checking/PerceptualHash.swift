import Foundation

/// A hash of an image of 16x16 cells that stays nearly the same when the image is saved anew, resized or brightened:
/// the signs of its 63 lowest frequencies but for the mean (a discrete cosine transform).
enum PerceptualHash {
  private static let side = Thumbnail.smallSide
  private static let kept = 8

  /// cos(pi (2x + 1) u / 32), frequency by frequency.
  private static let cosines: [Float] = (0..<kept).flatMap { frequency in
    (0..<side).map { Float(cos(Double.pi * Double((2 * $0 + 1) * frequency) / Double(2 * side))) }
  }

  static func hash(_ plane: [Float]) -> UInt64 {
    var rows = [Float](repeating: 0, count: side * kept)
    for row in 0..<side {
      for frequency in 0..<kept {
        var sum: Float = 0
        for column in 0..<side { sum += plane[row * side + column] * cosines[frequency * side + column] }
        rows[row * kept + frequency] = sum
      }
    }
    var hash: UInt64 = 0
    for high in 0..<kept {
      for wide in 0..<kept where high + wide > 0 {
        var sum: Float = 0
        for row in 0..<side { sum += rows[row * kept + wide] * cosines[high * side + row] }
        if sum > 0 { hash |= 1 << UInt64(high * kept + wide) }
      }
    }
    return hash
  }
}
