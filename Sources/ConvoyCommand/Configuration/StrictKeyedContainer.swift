import Networks

/// The members of an object.
struct StrictKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  private let decoder: StrictDecoder
  private let members: [String: JSONValue]

  init(decoder: StrictDecoder, members: [String: JSONValue]) {
    (self.decoder, self.members) = (decoder, members)
    decoder.record.open(decoder.path, present: members.keys) { Key(stringValue: $0) != nil }
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { members.keys.sorted().compactMap { Key(stringValue: $0) } }

  func contains(_ key: Key) -> Bool {
    decoder.record.ask(key.stringValue, at: decoder.path)
    return members[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool { try child(key).decodeNil() }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try child(key).decode(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try child(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try child(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { decoder }
  func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }

  private func child(_ key: Key) throws -> StrictDecoder {
    guard contains(key), let value = members[key.stringValue] else {
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
    }
    return decoder.child(value, key)
  }
}
