public import Kernels
public import Tensors

/// Takes colour from an image: x + f (grey - x), with f from a range (Keras's `RandomColorDegeneration`).
public struct RandomColorDegeneration: PictureAugmentation {
  public static let kerasName = "RandomColorDegeneration"

  public var factor: FactorRange
  public var valueRange: ClosedRange<Double>

  public init(_ factor: FactorRange, valueRange: ClosedRange<Double> = 0...255) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    self.init(try arguments.range("factor", in: -1...1), valueRange: try arguments.valueRange())
  }

  public var arguments: [String: ArgumentValue] { ["factor": .pair(factor), "value_range": .pair(valueRange)] }

  public func obstacle(channels: Int) -> String? { channels == 1 ? nil : requireThreeChannels(channels) }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Float { factor.draw(&random) }

  public func apply(_ drawn: Float, to picture: FloatPicture, _ memory: Buffer) {
    // What is grey already becomes no greyer.
    guard picture.channels == 3 else { return picture.clip(valueRange.floats) }
    picture.degenerate(share: drawn, within: valueRange.floats)
  }

  public func differentiate(_ drawn: Float, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory)
    behind.copy(from: picture)
    if picture.channels == 3 { behind.degenerate(share: drawn) }
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    if picture.channels == 3 { gradient.differentiateDegeneration(share: drawn) }
  }
}
