import Foundation

/// One class that an image may show.
public struct ClassProbability: Encodable, Sendable {
  /// Its name, or its number where the model knows no names.
  public let name: String
  public let index: Int
  public let probability: Double

  private enum CodingKeys: String, CodingKey {
    case name = "class"
    case index, probability
  }

  public var text: String { "\(name) \(String(format: "%.2f %%", probability * 100))" }
}
