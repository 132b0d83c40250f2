public import Tensors

/// Makes what is seen smaller (positive) or larger (negative) by a random part (Keras's `RandomZoom`).
public struct RandomZoom: GeometricTransform {
  public static let kerasName = "RandomZoom"

  public var heightFactor: FactorRange
  /// Nil zooms the width as the height.
  public var widthFactor: FactorRange?
  public var fill: Fill
  public var interpolation: Interpolation

  public init(
    _ heightFactor: FactorRange, _ widthFactor: FactorRange? = nil, fill: Fill = Fill(),
    interpolation: Interpolation = .bilinear
  ) {
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    (self.fill, self.interpolation) = (fill, interpolation)
  }

  private enum CodingKeys: String, CodingKey {
    case height_factor, width_factor, fill_mode, fill_value, interpolation
  }

  /// Written `0.2`, `[-0.3, 0.1]` or `{height_factor: 0.2, width_factor: 0.1, fill_mode: nearest}`.
  public init(from decoder: any Decoder) throws {
    if let factor = decoder.alone(FactorRange.self) {
      self.init(factor)
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        try values.decode(FactorRange.self, forKey: .height_factor),
        try values.decodeIfPresent(FactorRange.self, forKey: .width_factor),
        fill: try values.decodeFill(.fill_mode, .fill_value),
        interpolation: try values.decodeIfPresent(Interpolation.self, forKey: .interpolation) ?? .bilinear)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(heightFactor, forKey: .height_factor)
    try values.encodeIfPresent(widthFactor, forKey: .width_factor)
    try values.encode(fill.mode, forKey: .fill_mode)
    try values.encode(fill.value, forKey: .fill_value)
    try values.encode(interpolation, forKey: .interpolation)
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try heightFactor.require(-0.99...10, of: "RandomZoom.height_factor")
    try widthFactor?.require(-0.99...10, of: "RandomZoom.width_factor")
    try requireImages(columns)
    if fill.mode == .constant { try requireVoid(columns) }
    return columns
  }

  public func map(_ size: ImageSize, random: inout RandomStream) -> AffineMap {
    let height = 1 + heightFactor.draw(&random)
    let width = widthFactor.map { 1 + $0.draw(&random) } ?? height
    return .around(size, a: width, b: 0, d: 0, e: height)
  }
}
