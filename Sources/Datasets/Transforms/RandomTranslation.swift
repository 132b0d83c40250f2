public import Tensors

/// Moves images by random parts of their height and width (Keras's `RandomTranslation`): positive down and right.
public struct RandomTranslation: GeometricTransform {
  public static let kerasName = "RandomTranslation"

  public var heightFactor: FactorRange, widthFactor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ heightFactor: FactorRange, _ widthFactor: FactorRange, fill: Fill = Fill(),
    interpolation: Interpolation = .bilinear
  ) {
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    (self.fill, self.interpolation) = (fill, interpolation)
  }

  private enum CodingKeys: String, CodingKey {
    case height_factor, width_factor, fill_mode, fill_value, interpolation
  }

  /// Written `0.1`, for both, or `{height_factor: 0.1, width_factor: [-0.2, 0.2], fill_mode: constant}`.
  public init(from decoder: any Decoder) throws {
    if let factor = decoder.alone(Double.self) {
      self.init(FactorRange(factor), FactorRange(factor))
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        try values.decode(FactorRange.self, forKey: .height_factor),
        try values.decode(FactorRange.self, forKey: .width_factor),
        fill: try values.decodeFill(.fill_mode, .fill_value),
        interpolation: try values.decodeIfPresent(Interpolation.self, forKey: .interpolation) ?? .bilinear)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(heightFactor, forKey: .height_factor)
    try values.encode(widthFactor, forKey: .width_factor)
    try values.encode(fill.mode, forKey: .fill_mode)
    try values.encode(fill.value, forKey: .fill_value)
    try values.encode(interpolation, forKey: .interpolation)
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try heightFactor.require(-1...1, of: "RandomTranslation.height_factor")
    try widthFactor.require(-1...1, of: "RandomTranslation.width_factor")
    try requireImages(columns)
    if fill.mode == .constant { try requireVoid(columns) }
    return columns
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> AffineMap {
    let down = heightFactor.draw(&random) * Float(size.height)
    return .moving(x: -widthFactor.draw(&random) * Float(size.width), y: -down)
  }
}
