import Tensors

/// A range of which a number is drawn evenly, as Keras writes it: a pair, or a number f for -f to f.
public struct FactorRange: Hashable, Sendable, Codable {
  public let lower: Double, upper: Double

  public init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }

  public init(_ factor: Double) { self.init(-factor, factor) }

  func draw(_ random: inout RandomStream) -> Float {
    Float(lower + (upper - lower) * Double(random.uniform()))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let factor = try? container.decode(Double.self) {
      self.init(factor.magnitude)
    } else if let pair = try? container.decode([Double].self), pair.count == 2, pair[0] <= pair[1] {
      self.init(pair[0], pair[1])
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a number, or the least and the greatest such as [-0.1, 0.2], are expected")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([lower, upper])
  }

  /// Refuses a range outside of another one.
  func require(_ range: ClosedRange<Double>, of name: String) throws(DataError) {
    guard lower.isFinite, upper.isFinite, range.contains(lower), range.contains(upper) else {
      throw DataError(
        name, "has a range from \(lower) to \(upper), but must be within \(range.lowerBound) to \(range.upperBound)",
        remedy: "correct it")
    }
  }
}

extension KeyedDecodingContainer {
  /// Keras's `fill_mode` and `fill_value`.
  func decodeFill(_ mode: Key, _ value: Key) throws -> Fill {
    Fill(
      try decodeIfPresent(Fill.Mode.self, forKey: mode) ?? .reflect,
      value: try decodeIfPresent(Double.self, forKey: value) ?? 0)
  }
}

extension Decoder {
  /// A value that is written alone, without the names of arguments; nil where they are there.
  func alone<Value: Decodable>(_ type: Value.Type) -> Value? {
    guard let container = try? singleValueContainer() else { return nil }
    return try? container.decode(type)
  }
}
