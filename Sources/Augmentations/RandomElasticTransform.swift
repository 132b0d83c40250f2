public import Kernels
public import Tensors

/// Bends an image by a smooth random field, with a probability (Keras's `RandomElasticTransform`): normal noise times
/// sigma, blurred with deviation sigma, times alpha. With s from `scale`, alpha is 0.1 s of the longer side and sigma
/// 0.05 s of the shorter one.
///
/// Keras draws one field for both directions, so that pixels move along the diagonal; here each has its own.
public struct RandomElasticTransform: PictureAugmentation {
  public static let kerasName = "RandomElasticTransform"
  public static var obstacleToBoxes: String? { "bends images, and boxes cannot be bent" }

  /// The range that the probability is drawn from.
  public var factor: FactorRange
  public var scale: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation
  public var valueRange: ClosedRange<Double>

  /// What bends an image; nil for nothing.
  public typealias Drawn = Bend?

  public struct Bend: Sendable {
    public var scale: Float
    /// Of the noise.
    public var random: RandomStream

    public init(scale: Float, random: RandomStream) { (self.scale, self.random) = (scale, random) }
  }

  public init(_ arguments: Arguments) throws(ArgumentError) {
    factor = try arguments.range("factor", in: 0...1, default: FactorRange(0, 1))
    scale = try arguments.range("scale", in: 0...1, default: FactorRange(0, 1))
    fill = try arguments.fill()
    interpolation = try arguments.interpolation()
    valueRange = try arguments.valueRange()
  }

  public var arguments: [String: ArgumentValue] {
    [
      "factor": .pair(factor), "scale": .pair(scale), "interpolation": .text(interpolation.rawValue),
      "fill_mode": .text(fill.mode.rawValue), "fill_value": .number(fill.value), "value_range": .pair(valueRange),
    ]
  }

  public var bringsConstants: Bool { fill.mode == .constant }
  // Two fields, of at most a picture each, one more for their blur, and a copy of the picture.
  public var scratchPictures: Int { 5 }

  public func draw(_ size: ImageSize, _ random: inout RandomStream) -> Drawn {
    guard scale.upper > 0, factor.upper > 0 else { return nil }
    let isApplied = random.happens(factor)
    let scale = scale.draw(&random)
    return isApplied ? Bend(scale: scale, random: random) : nil
  }

  public func apply(_ drawn: Drawn, to picture: FloatPicture, _ memory: Buffer) {
    bend(drawn, picture, memory)
    picture.clip(valueRange.floats)
  }

  public func differentiate(_ drawn: Drawn, at picture: FloatPicture, _ gradient: FloatPicture, _ memory: Buffer) {
    let behind = picture.like(in: memory[4 * picture.count..<5 * picture.count])
    behind.copy(from: picture)
    bend(drawn, behind, memory)
    gradient.keepGradient(where: behind, isIn: valueRange.floats)
    guard let map = movements(drawn, picture.size, memory).first else { return }
    behind.copy(from: gradient)
    map.differentiate(gradient: behind, into: gradient)
  }

  private func bend(_ drawn: Drawn, _ picture: FloatPicture, _ memory: Buffer) {
    guard let map = movements(drawn, picture.size, memory).first else { return }
    let before = picture.like(in: memory[3 * picture.count..<4 * picture.count])
    before.copy(from: picture)
    map.apply(before, into: picture)
  }

  public func movements(_ drawn: Drawn, _ size: ImageSize, _ memory: Buffer) -> [PictureMap] {
    guard let drawn else { return [] }
    var random = drawn.random
    let pixels = size.height * size.width
    let (right, down) = (memory[0..<pixels], memory[pixels..<2 * pixels])
    for field in [right, down] {
      for place in 0..<pixels { field[place] = random.normal() }
    }
    return [map(drawn.scale, size, right: right, down: down, memory[2 * pixels..<3 * pixels])]
  }

  /// The map of some noise, which becomes the field.
  public func map(
    _ scale: Float, _ size: ImageSize, right: Buffer, down: Buffer, _ memory: Buffer
  ) -> PictureMap {
    let alpha = Float(max(size.height, size.width)) * (0.1 * scale)
    let sigma = Float(min(size.height, size.width)) * (0.05 * scale)
    let weights = RandomGaussianBlur.weights(6 * Int(sigma) | 1, Double(max(sigma, 1e-6)))
    for field in [right, down] {
      let picture = FloatPicture(height: size.height, width: size.width, channels: 1, in: field)
      picture.convolve(across: weights, down: weights, memory)
      picture.scale([alpha * sigma], plus: [0])
    }
    return PictureMap(.identity, fill, interpolation, shifts: (right, down))
  }
}
