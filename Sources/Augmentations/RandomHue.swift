public import Kernels
public import Tensors

/// Turns the hues of an image by up to half a turn in either direction (Keras's `RandomHue`).
public struct RandomHue: PictureAugmentation {
  public static let kerasName = "RandomHue"

  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: 0...1), valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }
  public func obstacle(channels: Int) -> String? { requireThreeChannels(channels) }

  /// The part of a turn.
  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float {
    let sign: Float = random.uniform() > 0.5 ? -1 : 1
    return sign * factor.draw(&random) * 0.5
  }

  private func recoloring(_ drawn: Float) -> Recoloring {
    Recoloring(hue: drawn, limits: .all, range: valueRange.floats)
  }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) {
    picture.recolor(recoloring(drawn))
    picture.clip(valueRange.floats)
  }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory)
    behind.copy(from: picture)
    behind.recolor(recoloring(drawn))
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    gradient.differentiateRecoloring(recoloring(drawn), at: picture)
  }
}
