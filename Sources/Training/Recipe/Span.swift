/// A length of training: `500` steps, or `2 epochs`.
public enum Span: Hashable, Sendable, Codable, CustomStringConvertible {
  case steps(Int)
  case epochs(Int)

  public init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let first = words.first, let count = Int(first), count >= 0, words.count <= 2 else { return nil }
    switch words.dropFirst().first {
    case nil, "step", "steps": self = .steps(count)
    case "epoch", "epochs": self = .epochs(count)
    default: return nil
    }
  }

  public func steps(perEpoch: Int) -> Int {
    switch self {
    case .steps(let count): count
    case .epochs(let count): count * perEpoch
    }
  }

  public var description: String {
    switch self {
    case .steps(let count): "\(count)"
    case .epochs(let count): count == 1 ? "1 epoch" : "\(count) epochs"
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self), count >= 0 {
      self = .steps(count)
      return
    }
    guard let text = try? container.decode(String.self), let span = Span(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a length is written as a number of steps, such as 500, or as '2 epochs'")
    }
    self = span
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .steps(let count): try container.encode(count)
    case .epochs: try container.encode(description)
    }
  }
}
