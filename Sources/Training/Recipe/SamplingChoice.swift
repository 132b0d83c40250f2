/// How often samples come in an epoch.
public enum SamplingChoice: Hashable, Sendable {
  /// Once.
  case once
  /// So often that every class comes as often as every other.
  case balanced
  /// In proportion to a column of numbers.
  case weights(column: String)
}

/// Written `balanced` or `{weights: importance}`.
extension SamplingChoice: Codable {
  private enum Word: String, Codable, CaseIterable { case once, balanced }
  private enum Key: String, CodingKey { case weights }

  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(Word.self) {
      self = word == .balanced ? .balanced : .once
    } else if (try? decoder.singleValueContainer().decode(String.self)) != nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "sampling is 'once', 'balanced', or {weights: COLUMN}"))
    } else {
      self = .weights(column: try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .weights))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .weights(let column) = self {
      var container = encoder.container(keyedBy: Key.self)
      return try container.encode(column, forKey: .weights)
    }
    var container = encoder.singleValueContainer()
    try container.encode(self == .balanced ? Word.balanced : .once)
  }
}
