public import Kernels
public import Tensors

/// Multiplies the saturations of an image by f / (1 - f), with f from a range (Keras's `RandomSaturation`): below 1/2
/// it becomes paler. Saturations are limited by `value_range`, as in Keras, and the colours by nothing.
public struct RandomSaturation: PictureAugmentation {
  public static let kerasName = "RandomSaturation"

  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: -1...1), valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }
  public func obstacle(channels: Int) -> String? { requireThreeChannels(channels) }

  /// What saturations are multiplied by.
  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float {
    let factor = factor.draw(&random)
    return factor / (1 - factor + 1e-7)
  }

  private func recoloring(_ drawn: Float) -> Recoloring { Recoloring(saturation: drawn, limits: valueRange.floats) }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) { picture.recolor(recoloring(drawn)) }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    gradient.differentiateRecoloring(recoloring(drawn), at: picture)
  }
}
