public import Kernels
public import Tensors

/// Adds to an image, and turns what is at least a threshold into its negative (Keras's `Solarization`). Addition and
/// threshold are parts of 255, for numbers of any `value_range`.
public struct Solarization: PictureAugmentation {
  public static let kerasName = "Solarization"
  public static let shortForm = ["threshold_factor"]

  public var additionFactor: FactorRange, thresholdFactor: FactorRange
  public var valueRange: ClosedRange<Double>

  public struct Drawn: Hashable, Sendable {
    /// Of numbers from 0 to 255.
    public var addition: Float, threshold: Float

    public init(addition: Float, threshold: Float) { (self.addition, self.threshold) = (addition, threshold) }
  }

  public init(
    addition: FactorRange = FactorRange(0, 0), threshold: FactorRange = FactorRange(0, 0),
    valueRange: ClosedRange<Double> = 0...255
  ) {
    (additionFactor, thresholdFactor, self.valueRange) = (addition, threshold, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(
      addition: try arguments.range("addition_factor", in: 0...1, default: FactorRange(0, 0)),
      threshold: try arguments.range("threshold_factor", in: 0...1, default: FactorRange(0, 0)),
      valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] {
    [
      "addition_factor": .pair(additionFactor), "threshold_factor": .pair(thresholdFactor),
      "value_range": .pair(valueRange),
    ]
  }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    // Keras takes the lower ends as they are, and the upper ones 255 times.
    let addition = FactorRange(additionFactor.lower, additionFactor.upper * 255).draw(&random)
    let threshold = FactorRange(thresholdFactor.lower, thresholdFactor.upper * 255).draw(&random)
    return Drawn(addition: addition, threshold: threshold)
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    picture.solarize(addition: drawn.addition, threshold: drawn.threshold, in: valueRange.floats)
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let (low, size) = (Float(valueRange.lowerBound), Float(valueRange.upperBound - valueRange.lowerBound))
    gradient.map(with: picture) { gradient, value in
      let moved = (value - low) / size * 255 + drawn.addition
      guard (0...255).contains(moved) else { return 0 }
      return moved < drawn.threshold ? gradient : -gradient
    }
  }
}
