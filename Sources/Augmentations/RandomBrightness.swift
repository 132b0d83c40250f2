public import Kernels
public import Tensors

/// Adds a random part of the range of numbers to an image (Keras's `RandomBrightness`).
public struct RandomBrightness: PictureAugmentation {
  public static let kerasName = "RandomBrightness"

  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: -1...1), valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }

  /// What is added.
  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float {
    factor.draw(&random) * Float(valueRange.upperBound - valueRange.lowerBound)
  }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) {
    let ones = [Float](repeating: 1, count: picture.channels)
    picture.scale(ones, plus: ones.map { _ in drawn }, within: valueRange.floats)
  }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let range = valueRange.floats
    gradient.map(with: picture) { gradient, value in range.contains(value + drawn) ? gradient : 0 }
  }
}
