public import Tensors

/// A range of which a number is drawn evenly, as Keras writes it: a pair, or a number f for -f to f.
public struct FactorRange: Hashable, Sendable, Codable {
  public let lower: Double, upper: Double

  public init(_ lower: Double, _ upper: Double) { (self.lower, self.upper) = (lower, upper) }

  public init(_ factor: Double) { self.init(-factor, factor) }

  public func draw(_ random: inout RandomStream) -> Float { draw(random.uniform()) }

  /// The number that lies so far between the ends.
  public func draw(_ share: Float) -> Float { Float(lower + (upper - lower) * Double(share)) }

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
}

extension RandomStream {
  /// Whether something happens whose probability is drawn from a range first, as Keras does it.
  mutating func happens(_ probability: FactorRange) -> Bool {
    let limit = probability.draw(&self)
    return uniform() < limit
  }
}

extension ClosedRange<Double> {
  var floats: ClosedRange<Float> { Float(lowerBound)...Float(upperBound) }
}
