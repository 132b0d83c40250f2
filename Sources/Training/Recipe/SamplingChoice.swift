/// How often samples come in an epoch.
public enum SamplingChoice: Hashable, Sendable {
  /// Once.
  case once
  /// So often that every class comes as often as every other.
  case balanced
  /// In proportion to a column of numbers.
  case weights(column: String)
  /// Once, with further rows between those of rare classes, beside so many neighbours (SMOTE).
  case smote(neighbours: Int)
}

/// Written `balanced`, `smote`, `{weights: importance}` or `{smote: 5}`.
extension SamplingChoice: Codable {
  private enum Word: String, Codable, CaseIterable { case once, balanced, smote }
  private enum Key: String, CodingKey { case weights, smote }

  /// As imbalanced-learn has it.
  private static let usualNeighbours = 5

  public init(from decoder: any Decoder) throws {
    if let word = try? decoder.singleValueContainer().decode(Word.self) {
      self =
        switch word {
        case .once: .once
        case .balanced: .balanced
        case .smote: .smote(neighbours: SamplingChoice.usualNeighbours)
        }
    } else if (try? decoder.singleValueContainer().decode(String.self)) != nil {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "sampling is 'once', 'balanced', 'smote', {smote: NEIGHBOURS} or {weights: COLUMN}"))
    } else {
      let values = try decoder.container(keyedBy: Key.self)
      if let neighbours = try values.decodeIfPresent(Int.self, forKey: .smote) {
        guard neighbours > 0 else {
          throw DecodingError.dataCorruptedError(
            forKey: .smote, in: values, debugDescription: "SMOTE takes at least one neighbour, not \(neighbours)")
        }
        self = .smote(neighbours: neighbours)
      } else {
        self = .weights(column: try values.decode(String.self, forKey: .weights))
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if case .weights(let column) = self {
      var container = encoder.container(keyedBy: Key.self)
      return try container.encode(column, forKey: .weights)
    }
    if case .smote(let neighbours) = self {
      var container = encoder.container(keyedBy: Key.self)
      return try container.encode(neighbours, forKey: .smote)
    }
    var container = encoder.singleValueContainer()
    try container.encode(self == .balanced ? Word.balanced : .once)
  }
}
