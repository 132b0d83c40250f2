import Foundation
public import Networks

extension JSONValue {
  /// - Parameter name: what error messages call the text.
  public init(parsing text: String, called name: String) throws(ImportError) {
    do {
      self = try JSONParser.parse(text)
    } catch {
      throw ImportError(
        "\(name) is not valid JSON: it \(error.problem); the file is damaged or was edited: save the model again.")
    }
  }

  /// The same value always gives the same text.
  public var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("a configuration holds an infinity or a NaN, for which JSON has no word")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
