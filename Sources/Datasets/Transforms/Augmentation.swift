/// A random change of a training image; a list of them is applied in order.
public enum Augmentation: Hashable, Sendable {
  /// Surrounds the preprocessed image with so many zero pixels and cuts a random part of the original size out.
  case padCrop(Int)
  /// Mirrors every other image, at random.
  case flip(Direction)

  public enum Direction: String, Hashable, Sendable, Codable, CaseIterable {
    /// Left and right change places.
    case horizontal
  }
}

/// Written `{padCrop: 4}` and `{flip: horizontal}`.
extension Augmentation: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case padCrop, flip }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    guard container.allKeys.count == 1, let key = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "one of \(CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")) is expected"))
    }
    switch key {
    case .padCrop: self = .padCrop(try container.decode(Int.self, forKey: key))
    case .flip: self = .flip(try container.decode(Direction.self, forKey: key))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .padCrop(let pixels): try container.encode(pixels, forKey: .padCrop)
    case .flip(let direction): try container.encode(direction, forKey: .flip)
    }
  }
}
