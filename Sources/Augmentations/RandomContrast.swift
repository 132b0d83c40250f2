public import Kernels
public import Tensors

/// Brings the numbers of an image nearer to the mean of their channel, or further away from it (Keras's
/// `RandomContrast`): (value - mean) * c + mean, with c between 1 - lower and 1 + upper.
public struct RandomContrast: PictureAugmentation {
  public static let kerasName = "RandomContrast"

  public var lower: Double, upper: Double
  public var valueRange: ClosedRange<Double>

  public init(lower: Double, upper: Double, valueRange: ClosedRange<Double> = 0...255) {
    (self.lower, self.upper, self.valueRange) = (lower, upper, valueRange)
  }

  /// One number is both; two are in any order.
  public init(_ arguments: Arguments) throws(ArgumentError) {
    let pair = arguments.numbers("factor").map { $0.count == 1 ? [$0[0], $0[0]] : $0 }
    guard let pair, pair.count == 2, pair.allSatisfy((0...1).contains) else {
      throw arguments.error("factor", "a number from 0 to 1, or two")
    }
    self.init(lower: pair[0], upper: pair[1], valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] {
    ["factor": .list([.number(lower), .number(upper)]), "value_range": .pair(valueRange)]
  }

  /// c.
  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float {
    Float(1 - lower + (lower + upper) * Double(random.uniform()))
  }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) {
    contrast(picture, drawn, within: valueRange.floats)
  }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory)
    behind.copy(from: picture)
    contrast(behind, drawn, within: .all)
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    // The map is its own transpose.
    contrast(gradient, drawn, within: .all)
  }

  private func contrast(_ picture: FloatPicture, _ drawn: Float, within range: ClosedRange<Float>) {
    let means = picture.means
    picture.scale(means.map { _ in drawn }, plus: means.map { $0 - $0 * drawn }, within: range)
  }
}
