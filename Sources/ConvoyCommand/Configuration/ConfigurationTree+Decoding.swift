import Networks
import Tensors

extension ConfigurationTree {
  /// Decodes the whole tree. A key that the type does not have is an error, like a missing one or a value of the wrong
  /// kind.
  package func decode<Value: Decodable>(_ type: Value.Type) throws(ConfigurationError) -> Value {
    let record = DecodingRecord()
    let result: Value
    do {
      result = try StrictDecoder(value: value, codingPath: [], record: record).decode(type)
    } catch {
      throw failure(error, record)
    }
    if let (path, known) = record.unknownKey() {
      let key = path.joined(separator: ".")
      let suggestion =
        known.isEmpty
        ? "remove it."
        : "did you mean '\(known.nearest(to: path.last!))'? Known are \(known.joined(separator: ", "))."
      throw ConfigurationError(place(of: path), "'\(key)' is not a key; \(suggestion)")
    }
    return result
  }

  private func failure(_ error: any Error, _ record: DecodingRecord) -> ConfigurationError {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      let parent = names(context.codingPath)
      let missing = "'\((parent + [key.stringValue]).joined(separator: "."))' is missing"
      guard let spelling = record.probableSpelling(of: key.stringValue, at: parent) else {
        return ConfigurationError(place(of: parent), "\(missing); add it.")
      }
      return ConfigurationError(
        place(of: parent + [spelling]),
        "\(missing), and '\((parent + [spelling]).joined(separator: "."))' is not a key; did you mean '\(key.stringValue)'?"
      )
    case DecodingError.typeMismatch(_, let context):
      return ConfigurationError(place(of: names(context.codingPath)), "\(subject(context)) \(context.debugDescription)")
    case DecodingError.dataCorrupted(let context):
      let path = names(context.codingPath)
      return ConfigurationError(
        place(of: path), "\(subject(context)) is \(member(path).brief): \(context.debugDescription).")
    default:
      return ConfigurationError(name, String(describing: error))
    }
  }

  private func names(_ path: [any CodingKey]) -> [String] {
    path.map { $0.intValue.map(String.init) ?? $0.stringValue }
  }

  private func subject(_ context: DecodingError.Context) -> String {
    context.codingPath.isEmpty ? "the configuration" : "'\(names(context.codingPath).joined(separator: "."))'"
  }
}
