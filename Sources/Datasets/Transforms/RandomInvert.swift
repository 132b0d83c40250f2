public import Tensors

/// Turns an image into its negative, with a probability (Keras's `RandomInvert`): the greatest number less the value.
public struct RandomInvert: ColorTransform {
  public static let kerasName = "RandomInvert"

  public var factor: Double
  public var valueRange: [Double]

  public init(_ factor: Double, valueRange: [Double] = [0, 255]) {
    (self.factor, self.valueRange) = (factor, valueRange)
  }

  private enum CodingKeys: String, CodingKey {
    case factor
    case valueRange = "value_range"
  }

  /// Written `0.5` or `{factor: 0.5, value_range: [0, 1]}`.
  public init(from decoder: any Decoder) throws {
    if let factor = decoder.alone(Double.self) {
      self.init(factor)
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        try values.decode(Double.self, forKey: .factor),
        valueRange: try values.decodeIfPresent([Double].self, forKey: .valueRange) ?? [0, 255])
    }
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    guard (0...1).contains(factor) else {
      throw DataError("RandomInvert.factor", "is \(factor)", remedy: "give a probability, from 0 to 1")
    }
    try requireRange()
    try requireImages(columns)
    return columns
  }

  public func change(means: [Float], random: inout RandomStream) -> (factor: Float, offsets: [Float]) {
    let isInverted = Double(random.uniform()) < factor
    return isInverted ? (-1, means.map { _ in Float(valueRange[1]) }) : (1, means.map { _ in 0 })
  }
}
