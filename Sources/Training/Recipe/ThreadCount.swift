/// Workers per rank: `auto`, or a number.
public enum ThreadCount: Hashable, Sendable, Codable {
  /// The processors in the affinity mask, divided by the ranks on the node.
  case automatic
  case fixed(Int)

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self) {
      self = .fixed(count)
    } else if try container.decode(String.self) == "auto" {
      self = .automatic
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "threads is 'auto' or a number")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .automatic: try container.encode("auto")
    case .fixed(let count): try container.encode(count)
    }
  }
}
