public import Tensors

/// Brings the numbers of an image nearer to the mean of their channel, or further away from it (Keras's
/// `RandomContrast`): (value - mean) * c + mean, with c between 1 - lower and 1 + upper; one number is both.
public struct RandomContrast: ColorTransform {
  public static let kerasName = "RandomContrast"

  public var lower: Double, upper: Double
  public var valueRange: [Double]

  public init(lower: Double, upper: Double, valueRange: [Double] = [0, 255]) {
    (self.lower, self.upper, self.valueRange) = (lower, upper, valueRange)
  }

  private enum CodingKeys: String, CodingKey {
    case factor
    case valueRange = "value_range"
  }

  /// Written `0.2`, `[0.1, 0.3]` or `{factor: 0.2, value_range: [0, 1]}`.
  public init(from decoder: any Decoder) throws {
    if let pair = decoder.alone(Pair.self) {
      self.init(lower: pair.lower, upper: pair.upper)
    } else {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      let pair = try values.decode(Pair.self, forKey: .factor)
      self.init(
        lower: pair.lower, upper: pair.upper,
        valueRange: try values.decodeIfPresent([Double].self, forKey: .valueRange) ?? [0, 255])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode([lower, upper], forKey: .factor)
    try values.encode(valueRange, forKey: .valueRange)
  }

  /// A number that is both, or two.
  private struct Pair: Decodable {
    let lower: Double, upper: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        (lower, upper) = (number, number)
      } else if let pair = try? container.decode([Double].self), pair.count == 2 {
        (lower, upper) = (pair[0], pair[1])
      } else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "a number, or two such as [0.1, 0.3], are expected")
      }
    }
  }

  public func columns(after columns: [Column]) throws(DataError) -> [Column] {
    guard (0...1).contains(lower), (0...1).contains(upper) else {
      throw DataError("RandomContrast.factor", "is \(lower) and \(upper)", remedy: "give numbers from 0 to 1")
    }
    try requireRange()
    try requireImages(columns)
    return columns
  }

  public func change(means: [Float], random: inout RandomStream) -> (factor: Float, offsets: [Float]) {
    let factor = Float(1 - lower + (lower + upper) * Double(random.uniform()))
    return (factor, means.map { $0 - $0 * factor })
  }
}
