import Networks
import Tensors
import Training

extension ConfigurationTree {
  /// Decodes the whole tree. A key that the type does not have is an error, like a missing one or a value of the wrong
  /// kind.
  package func decode<Value: Decodable>(_ type: Value.Type) throws(ConfigurationError) -> Value {
    let record = DecodingRecord()
    let result: Value
    do {
      result = try StrictDecoder(value: value, codingPath: [], record: record).decode(type)
    } catch {
      throw failure(error, record, type)
    }
    if let (path, known) = record.unknownKey() {
      let key = path.joined(separator: ".")
      throw ConfigurationError(place(of: path), "'\(key)' is not a key\(suggestion(type, path, known))")
    }
    return result
  }

  private func suggestion(_ type: any Decodable.Type, _ path: [String], _ known: [String]) -> String {
    type == Recipe.self ? ConfigurationKeys.suggestion(for: path, among: known) : known.suggestion(for: path.last!)
  }

  private func failure(_ error: any Error, _ record: DecodingRecord, _ type: any Decodable.Type) -> ConfigurationError {
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      let parent = names(context.codingPath)
      let missing = "'\((parent + [key.stringValue]).joined(separator: "."))' is missing"
      let (foreign, asked) = record.foreignKeys(at: parent)
      let wanted = (parent + [key.stringValue]).joined(separator: ".")
      let spelling = foreign.first { ConfigurationKeys.meaning(of: parent + [$0], among: asked) == .keys([wanted]) }
      guard let other = spelling ?? foreign.first else {
        return ConfigurationError(place(of: parent), "\(missing); add it.")
      }
      let path = parent + [other]
      let advice = spelling == nil ? suggestion(type, path, asked) : "; did you mean '\(wanted)'?"
      return ConfigurationError(
        place(of: path), "\(missing), and '\(path.joined(separator: "."))' is not a key\(advice)")
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
