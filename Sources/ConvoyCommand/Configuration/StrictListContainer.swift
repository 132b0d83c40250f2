import Networks

/// The elements of a list, one after the other.
struct StrictListContainer: UnkeyedDecodingContainer {
  private let decoder: StrictDecoder
  private let elements: [JSONValue]
  private(set) var currentIndex = 0

  init(decoder: StrictDecoder, elements: [JSONValue]) { (self.decoder, self.elements) = (decoder, elements) }

  private struct Position: CodingKey {
    let intValue: Int?
    var stringValue: String { intValue.map(String.init) ?? "" }
    init(intValue: Int) { self.intValue = intValue }
    init?(stringValue: String) { nil }
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

  mutating func superDecoder() throws -> any Decoder { try next() }

  private mutating func next() throws -> StrictDecoder {
    let position = Position(intValue: currentIndex)
    guard !isAtEnd else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath + [position], debugDescription: "the list ends after \(elements.count) elements"))
    }
    currentIndex += 1
    return decoder.child(elements[currentIndex - 1], position)
  }
}
