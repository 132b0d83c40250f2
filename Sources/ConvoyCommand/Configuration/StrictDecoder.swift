import Networks

/// Decodes one value of a tree, and remembers what was asked for.
struct StrictDecoder: Decoder {
  let value: JSONValue
  let codingPath: [any CodingKey]
  let record: DecodingRecord

  var userInfo: [CodingUserInfoKey: Any] { [:] }
  var path: [String] { codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue } }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(
      StrictKeyedContainer<Key>(decoder: self, members: try require(value.asObject, "keys with values")))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    StrictListContainer(decoder: self, elements: try require(value.asArray, "a list"))
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  /// The decoder of a member or an element.
  func child(_ value: JSONValue, _ key: any CodingKey) -> StrictDecoder {
    StrictDecoder(value: value, codingPath: codingPath + [key], record: record)
  }
}

extension StrictDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { value == .null }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    switch type {
    case is JSONValue.Type: return try require(value as? Value, "a value")
    case is String.Type: return try require(value.asString as? Value, "text")
    case is Bool.Type: return try require(value.asBool as? Value, "true or false")
    case is Int.Type: return try require(value.asInteger as? Value, "a whole number")
    case is Double.Type: return try require(value.asNumber as? Value, "a number")
    case is any BinaryInteger.Type, is any BinaryFloatingPoint.Type:
      preconditionFailure("numbers of configurations are Int and Double, not \(type)")
    default: break
    }
    if let names = StrictDecoder.names(of: type), !names.contains(value.asString ?? "") {
      let kind = (names.count > 1 ? "one of " : "") + names.joined(separator: ", ")
      throw mismatch(DecodingRecord.Expectation(kind: kind, names: names))
    }
    return try Value(from: self)
  }

  private func require<Found>(_ found: Found?, _ kind: String) throws -> Found {
    guard let found else { throw mismatch(DecodingRecord.Expectation(kind: kind)) }
    return found
  }

  /// All attempts to understand a value are named when the last one fails.
  private func mismatch(_ expectation: DecodingRecord.Expectation) -> DecodingError {
    record.reject(path, expectation)
    let text = record.mismatch(at: path, value)
    return DecodingError.typeMismatch(JSONValue.self, .init(codingPath: codingPath, debugDescription: text))
  }

  /// The names that a type can take, if it is an enumeration of names.
  private static func names(of type: any Decodable.Type) -> [String]? {
    func rawValues<Cases: CaseIterable>(_ type: Cases.Type) -> [String]? {
      let names = type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
      return names.isEmpty ? nil : names
    }
    return (type as? any CaseIterable.Type).flatMap { rawValues($0) }
  }
}
