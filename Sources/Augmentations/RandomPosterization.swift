public import Kernels
public import Tensors

/// Keeps the highest bits of an image, as many as a range says without its end (Keras's `RandomPosterization`).
public struct RandomPosterization: PictureAugmentation {
  public static let kerasName = "RandomPosterization"

  /// Whole numbers from 1 to 8; the upper one is kept only where both are the same.
  public var lowest: Int, highest: Int
  public var valueRange: ClosedRange<Double>

  public init(lowest: Int, highest: Int, valueRange: ClosedRange<Double> = 0...255) {
    (self.lowest, self.highest, self.valueRange) = (lowest, highest, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    let range = try arguments.range("factor", in: 1...8)
    guard let lowest = Int(exactly: range.lower), let highest = Int(exactly: range.upper) else {
      throw arguments.error("factor", "a whole number of bits from 1 to 8, or two")
    }
    self.init(lowest: lowest, highest: highest, valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] {
    ["factor": .list([.integer(lowest), .integer(highest)]), "value_range": .pair(valueRange)]
  }

  /// The bits that are kept.
  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Int {
    lowest == highest ? lowest : lowest + random.integer(below: highest - lowest)
  }

  public func apply(_ drawn: Int, to picture: FloatPicture, _ memory: Buffer) {
    picture.posterize(bits: drawn, in: valueRange.floats)
  }

  /// Steps have no slope.
  public func differentiate(_ drawn: Int, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    gradient.numbers.fill(0)
  }
}
