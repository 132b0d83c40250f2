/// A part of something: `15%` or `0.15`.
public struct Share: Hashable, Sendable, Codable, CustomStringConvertible {
  public let value: Double

  public init(_ value: Double) { self.value = value }

  /// `15%`
  public var description: String {
    let percent = (value * 1e8).rounded() / 1e6
    return percent == percent.rounded() && percent.magnitude < 1e9 ? "\(Int(percent))%" : "\(percent)%"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self.init(number)
      return
    }
    let text = try? container.decode(String.self)
    guard let text, text.hasSuffix("%"),
      let percent = text.dropLast().split(separator: " ").first.flatMap({ Double($0) })
    else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "a share is written '15%' or 0.15")
    }
    self.init(percent / 100)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
