import Foundation
public import Tensors

/// Turns images about their middle by a random part of a full turn (Keras's `RandomRotation`): positive against the
/// clock.
public struct RandomRotation: GeometricTransform {
  public static let kerasName = "RandomRotation"

  public var factor: FactorRange
  public var fill: Fill
  public var interpolation: Interpolation

  public init(_ factor: FactorRange, fill: Fill = Fill(), interpolation: Interpolation = .bilinear) {
    (self.factor, self.fill, self.interpolation) = (factor, fill, interpolation)
  }

  private enum CodingKeys: String, CodingKey { case factor, fill_mode, fill_value, interpolation }

  /// Written `0.05`, `[-0.1, 0.2]` or `{factor: 0.05, fill_mode: constant, fill_value: 0}`.
  public init(from decoder: any Decoder) throws {
    if let factor = decoder.alone(FactorRange.self) {
      self.init(factor)
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        try values.decode(FactorRange.self, forKey: .factor), fill: try values.decodeFill(.fill_mode, .fill_value),
        interpolation: try values.decodeIfPresent(Interpolation.self, forKey: .interpolation) ?? .bilinear)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(factor, forKey: .factor)
    try values.encode(fill.mode, forKey: .fill_mode)
    try values.encode(fill.value, forKey: .fill_value)
    try values.encode(interpolation, forKey: .interpolation)
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try factor.require(-1...1, of: "RandomRotation.factor")
    try requireImages(columns)
    if fill.mode == .constant { try requireVoid(columns) }
    return columns
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> AffineMap {
    let angle = 2 * Double.pi * Double(factor.draw(&random))
    let (cosine, sine) = (Float(cos(angle)), Float(sin(angle)))
    // Rows count downwards: a turn against the clock takes what is right of an output above it.
    return .around(size, a: cosine, b: -sine, d: sine, e: cosine)
  }
}
