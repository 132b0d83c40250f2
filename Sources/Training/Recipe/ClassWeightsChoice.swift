/// How much the samples of each class count in training.
public enum ClassWeightsChoice: Hashable, Sendable {
  /// All the same.
  case equal
  /// Every class as much as every other, whatever the number of its samples: samples / (classes * samples of the
  /// class).
  case balanced
  /// By the name or the number of the class; 1 for those that are not named.
  case given([String: Double])
}

/// Written `balanced` or `{cats: 2, dogs: 0.5}`.
extension ClassWeightsChoice: Codable {
  private enum Word: String, Codable, CaseIterable { case equal, balanced }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let word = try? container.decode(Word.self) {
      self = word == .balanced ? .balanced : .equal
    } else if let weights = try? container.decode([String: Double].self) {
      self = .given(weights)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "class weights are 'equal', 'balanced', or a number for each class: {cats: 2, dogs: 0.5}")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .equal: try container.encode(Word.equal)
    case .balanced: try container.encode(Word.balanced)
    case .given(let weights): try container.encode(weights)
    }
  }
}
