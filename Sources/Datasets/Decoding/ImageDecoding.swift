/// Choices in decoding image files, as a configuration says them.
public struct ImageDecoding: Hashable, Sendable, Codable {
  /// The colour behind images with transparency, red, green and blue; nil takes their colours as they are stored.
  public var background: [Int]?
  /// Whether images are turned as their orientation (Exif, TIFF) says.
  public var orientation = true
  /// Whether JPEG images are decoded at a half, a quarter or an eighth of their size where that is no less than what
  /// they are resized to.
  public var reduction = false

  public init() {}

  private enum CodingKeys: String, CodingKey { case background, orientation, reduction }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    background = try values.decodeIfPresent([Int].self, forKey: .background)
    orientation = try values.decodeIfPresent(Bool.self, forKey: .orientation) ?? true
    reduction = try values.decodeIfPresent(Bool.self, forKey: .reduction) ?? false
  }

  /// The problem of impossible values, with the key that has them; nil where there is none.
  package var mistake: (key: String, problem: String)? {
    guard let background, background.count != 3 || !background.allSatisfy((0...255).contains) else { return nil }
    return ("background", "is \(background), but a colour is red, green and blue, 0 to 255 each.")
  }
}
