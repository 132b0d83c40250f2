public import Tensors

/// Adds a random part of the range of numbers to an image (Keras's `RandomBrightness`).
public struct RandomBrightness: ColorTransform {
  public static let kerasName = "RandomBrightness"

  public var factor: FactorRange
  public var valueRange: [Double]

  public init(_ factor: FactorRange, valueRange: [Double] = [0, 255]) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  private enum CodingKeys: String, CodingKey {
    case factor
    case valueRange = "value_range"
  }

  /// Written `0.2`, `[-0.1, 0.3]` or `{factor: 0.2, value_range: [0, 1]}`.
  public init(from decoder: any Decoder) throws {
    if let factor = decoder.alone(FactorRange.self) {
      self.init(factor)
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        try values.decode(FactorRange.self, forKey: .factor),
        valueRange: try values.decodeIfPresent([Double].self, forKey: .valueRange) ?? [0, 255])
    }
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    try factor.require(-1...1, of: "RandomBrightness.factor")
    try requireRange()
    try requireImages(columns)
    return columns
  }

  public func change(means: [Float], random: inout RandomStream) -> (factor: Float, offsets: [Float]) {
    let added = factor.draw(&random) * Float(valueRange[1] - valueRange[0])
    return (1, means.map { _ in added })
  }
}
