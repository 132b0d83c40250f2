public import Kernels
public import Tensors

/// Sharpens an image, or blurs it (Keras's `RandomSharpness`): x + (1 - 2f) (smooth - x), with f from a range; 1/2
/// leaves it as it is. Smooth is the weighted mean of nine pixels, the middle counting five times as much, with zeros
/// outside.
public struct RandomSharpness: PictureAugmentation {
  public static let kerasName = "RandomSharpness"

  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: 0...1), valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float { factor.draw(&random) }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) {
    sharpen(picture, drawn, within: valueRange.floats, memory)
  }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory[2 * picture.count..<3 * picture.count])
    behind.copy(from: picture)
    sharpen(behind, drawn, within: .all, memory)
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    // The map is its own transpose.
    sharpen(gradient, drawn, within: .all, memory)
  }

  public var scratchPictures: Int { 3 }

  private func sharpen(_ picture: FloatPicture, _ drawn: Float, within range: ClosedRange<Float>, _ memory: Buffer) {
    let mean = picture.like(in: memory)
    mean.copy(from: picture)
    let third: [Float] = [1.0 / 3, 1.0 / 3, 1.0 / 3]
    mean.convolve(across: third, down: third, memory[picture.count..<2 * picture.count])
    // Nine of the thirteen parts of the weighted mean are the plain one, and four the middle.
    picture.blend(mean, share: (1 - 2 * drawn) * 9 / 13, within: range)
  }
}
