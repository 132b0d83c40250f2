/// A time, written `120 s`, `2 min` or as a bare number of seconds.
public struct Seconds: Hashable, Sendable, Codable, CustomStringConvertible {
  public var value: Double

  public init(_ value: Double) { self.value = value }

  public init?(_ text: String) {
    let units = ["s": 1.0, "min": 60, "h": 3600]
    let words = text.split(separator: " ")
    guard let first = words.first, let number = Double(first), words.count <= 2,
      let unit = words.count == 2 ? units[String(words[1])] : 1
    else { return nil }
    value = number * unit
  }

  public var description: String { value == value.rounded() ? "\(Int(value)) s" : "\(value) s" }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      value = number
      return
    }
    guard let text = try? container.decode(String.self), let seconds = Seconds(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a time is written as '120 s', '2 min', '1 h' or a number of seconds")
    }
    self = seconds
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
