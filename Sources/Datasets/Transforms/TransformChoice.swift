import Tensors

/// A transform as a configuration names it: `{RandomRotation: 0.05}`.
public struct TransformChoice: Hashable, Sendable, Codable {
  public let transform: any Transform

  public init(_ transform: any Transform) { self.transform = transform }

  public static func == (first: TransformChoice, second: TransformChoice) -> Bool {
    AnyHashable(first.transform) == AnyHashable(second.transform)
  }

  public func hash(into hasher: inout Hasher) { AnyHashable(transform).hash(into: &hasher) }

  /// What to write for layers of Keras whose images have many sizes.
  private static let instead = [
    "RandomHeight": "{RandomZoom: {height_factor: 0.2, width_factor: 0}}",
    "RandomWidth": "{RandomZoom: {height_factor: 0, width_factor: 0.2}}",
  ]

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    let names = TransformRegistry.all.map { $0.kerasName }
    guard container.allKeys.count == 1, let key = container.allKeys.first,
      let type = TransformRegistry.all.first(where: { $0.kerasName == key.stringValue })
    else {
      if let given = container.allKeys.first?.stringValue, let other = TransformChoice.instead[given] {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(
            codingPath: decoder.codingPath,
            debugDescription: "\(given) gives images of many sizes, and a network has one; use \(other)"))
      }
      let known = "known are \(names.joined(separator: ", "))"
      let given = container.allKeys.map(\.stringValue)
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: given.count == 1
            ? "there is no transform '\(given[0])'; "
              + (names.nearest(to: given[0]).map { "did you mean '\($0)'" } ?? known)
            : "one transform is expected; \(known)"))
    }
    self.init(try container.decode(type, forKey: key))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    try container.encode(transform, forKey: Name(type(of: transform).kerasName))
  }
}

extension Augmentation {
  /// The transform that it is short for.
  var transform: any Transform {
    switch self {
    case .padCrop(let pixels): PadCrop(pixels)
    case .flip(.horizontal): RandomFlip(.horizontal)
    }
  }
}
