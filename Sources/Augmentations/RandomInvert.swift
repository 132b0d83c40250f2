public import Kernels
public import Tensors

/// Turns an image into its negative, with a probability (Keras's `RandomInvert`): the greatest number less the value.
public struct RandomInvert: PictureAugmentation {
  public static let kerasName = "RandomInvert"

  /// The range that the probability is drawn from.
  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  /// One number is the probability itself.
  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      try arguments.range("factor", in: 0...1, default: FactorRange(0, 1), lower: { $0 }),
      valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Bool {
    let share = Double(random.uniform())
    guard factor.lower < factor.upper else { return share < factor.upper }
    return share < Double(factor.draw(&random))
  }

  public func apply(_ drawn: Bool, to picture: FloatPicture, _ memory: Buffer) {
    if drawn { picture.scale(numbers(-1, picture), plus: numbers(Float(valueRange.upperBound), picture)) }
  }

  public func differentiate(_ drawn: Bool, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    if drawn { gradient.scale(numbers(-1, gradient), plus: numbers(0, gradient)) }
  }

  private func numbers(_ number: Float, _ picture: FloatPicture) -> [Float] {
    Array(repeating: number, count: picture.channels)
  }
}
